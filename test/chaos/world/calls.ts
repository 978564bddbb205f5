import type { DoorCall, Passage } from '../../lab/scaleway/index.ts'

/** What the controller asks of somebody else; the same call has the same name in every run. */
export interface Call {
  readonly to: 'cloud' | 'host'
  /** `POST fips/attach`, `GET fips?tags=provision`, `spec for host-0`. */
  readonly name: string
  /** Whether it changes something there. */
  readonly changes: boolean
  /** What was sent with it. */
  readonly body?: unknown
}

/** Sees every call before it does anything, and when it is done but not answered. */
export interface Watcher {
  before(call: Call): Passage | Promise<Passage>
  after(call: Call): Passage | Promise<Passage>
}

export const nobody: Watcher = { before: () => 'pass', after: () => 'pass' }

export function cloudCall({ method, route, url, body }: DoorCall): Call {
  const path = route.replace(/^\/[^/]+\/v[^/]+\/(zones|regions)\/:[a-z]+\//, '')
  return { to: 'cloud', name: `${method} ${path}${listed(url)}`, changes: method !== 'GET', body }
}

export function hostCall(key: string): Call {
  return { to: 'host', name: `spec for ${key}`, changes: true }
}

/** Lists of a provision and of the whole cloud are different questions. */
function listed(url: string): string {
  const tags = new URL(url, 'http://cloud').searchParams.getAll('tags')
  return tags.length === 0 ? '' : `?tags=${tags.map((tag) => tag.split('=')[0]).join(',')}`
}
