import type { OnedCall, StandIn } from '../../lab/opennebula/index.ts'
import type { DoorCall, Passage } from '../../lab/scaleway/index.ts'
import { documentChange } from './document-change.ts'

/** What the controller asks of somebody else; the same call has the same name in every run. */
export interface Call {
  /** `host`: a specification; `program`: one of the bootstrap's, by SSH. */
  readonly to: 'cloud' | 'host' | 'oned' | 'program'
  /** `POST fips/attach`, `GET fips?tags=provision`, `spec for host-0`, `one.host.allocate`. */
  readonly name: string
  /** Whether it changes something there. */
  readonly changes: boolean
  /** What was sent with it. */
  readonly body?: unknown
  /** Of a call to the cloud: the product's own pattern, `/vpc/v2/regions/:region/vpcs`. */
  readonly route?: string
}

/** Sees every call before it does anything, and when it is done but not answered. */
export interface Watcher {
  before(call: Call): Passage | Promise<Passage>
  after(call: Call): Passage | Promise<Passage>
}

export const nobody: Watcher = { before: () => 'pass', after: () => 'pass' }

export function cloudCall({ method, route, url, body }: DoorCall): Call {
  const path = route
    .replace(/^\/[^/]+\/v[^/]+\/(zones|regions)\/:[a-z]+\//, '')
    .replace(/^\/[^/]+\/v[^/]+\//, '')
  const name = `${method} ${path}${listed(url)}`
  return { to: 'cloud', name, changes: method !== 'GET', body, route }
}

export function hostCall(key: string): Call {
  return { to: 'host', name: `spec for ${key}`, changes: true }
}

export function programCall(program: string, key: string): Call {
  return { to: 'program', name: `${program} on ${key}`, changes: true }
}

/** Documents say what changes in them, so that a point stays where it is when another is added. */
export function onedCall(call: OnedCall, state: StandIn['state']): Call {
  const change = documentChange(call, state)
  return {
    to: 'oned',
    name: change === undefined ? call.method : `${call.method}: ${change}`,
    changes: !/\.(info|infoextended|raftstatus|version|config)$/.test(call.method),
    body: call.parameters,
  }
}

/** Lists of a provision and of the whole cloud are different questions. */
function listed(url: string): string {
  const tags = new URL(url, 'http://cloud').searchParams.getAll('tags')
  return tags.length === 0 ? '' : `?tags=${tags.map((tag) => tag.split('=')[0]).join(',')}`
}
