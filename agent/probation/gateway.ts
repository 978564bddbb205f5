import { underlayName } from '../../lib/contract/index.ts'
import type { Exec } from '../exec/index.ts'
import type { Reach } from './probation.ts'

/** The next router of this host. */
export interface Hop {
  readonly address: string
  readonly device: string
}

/**
 * The next hop of the default route, or, without one, the public gateway on the private network;
 * null when there is neither.
 */
export async function nextHop(exec: Exec, onUnderlay: string | null): Promise<Hop | null> {
  const { stdout } = await exec.run(['ip', '-j', 'route', 'show', 'default'])
  const [first] = routesOf(stdout)
    .filter(({ gateway, dev }) => gateway !== undefined && dev !== undefined)
    .toSorted((a, b) => (a.metric ?? 0) - (b.metric ?? 0))
  if (first !== undefined) return { address: first.gateway ?? '', device: first.dev ?? '' }
  return onUnderlay === null ? null : { address: onUnderlay, device: underlayName }
}

interface Route {
  readonly gateway?: string
  readonly dev?: string
  readonly metric?: number
}

function routesOf(output: string): Route[] {
  try {
    return JSON.parse(output) as Route[]
  } catch {
    return []
  }
}

/** One lost probe says nothing. */
const tries = 3

/** How this hop answers now. */
export async function reachOf(exec: Exec, hop: Hop | null): Promise<Reach> {
  if (hop === null) return 'silent'
  const { address, device } = hop
  for (let left = tries; left > 0; left--) {
    const ping = await exec.run(['ping', '-n', '-q', '-c', '1', '-W', '1', address])
    if (ping.code === 0) return 'answers'
  }
  const argv = ['arping', '-q', '-f', '-c', String(tries), '-w', String(tries)]
  const arping = await exec.run([...argv, '-I', device, address])
  return arping.code === 0 ? 'present' : 'silent'
}
