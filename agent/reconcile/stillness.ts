import type { HostSpec } from '../../lib/contract/index.ts'
import type { Exec } from '../exec/index.ts'
import { fingerprint } from '../host/index.ts'
import { glanceAt, glanceAtHost } from '../observe/index.ts'
import type { Wanted, WantedRouter } from '../plan/index.ts'

/** Whether a host is as it was when nothing was to be done, known without reading it. */
export interface Stillness {
  /**
   * Glances at all that this spec was last seen to speak of; false when anything changed, or when it is
   * not known to be right. Throws EDGE_KERNEL_UNREADABLE.
   */
  isStill(exec: Exec, spec: HostSpec, controllers: readonly string[]): Promise<boolean>
  /** Digests of namespaces from a glance that nobody has used yet. */
  takeSeen(): ReadonlyMap<string, string> | null
  /** What was read of the host after the last glance speaks of this; `isWhole`: nothing was left out. */
  read(spec: HostSpec, wanted: Wanted, isWhole: boolean): void
  /** Nothing was to be done with what was read. */
  settle(): void
}

/** What no glance sees is found by the look that comes all the same, ten minutes later at most. */
const glancesInARow = 20

export function createStillness(): Stillness {
  let last: { readonly spec: string; readonly wanted: Wanted; readonly isWhole: boolean } | null =
    null
  /** The state before the look that goes on, and the one that was right. */
  let candidate: string | null = null
  let right: string | null = null
  let seen: ReadonlyMap<string, string> | null = null
  let glances = 0

  return {
    async isStill(exec, spec, controllers) {
      candidate = null
      seen = null
      if (last?.spec !== hashOf(spec) || !last.isWhole) return false
      const { routers, sysctls } = last.wanted
      const keysOf = (of: readonly { readonly key: string }[]) => of.map(({ key }) => key)
      const asked = routers.map(({ namespace: name, inside }) => ({
        ...{ name, keys: keysOf(inside.sysctls) },
      }))
      const [host, inside] = await Promise.all([
        glanceAtHost(exec, keysOf(sysctls)),
        glanceAt(exec, asked),
      ])
      seen = inside
      if (host === undefined || inside.size < routers.length) return false
      candidate = JSON.stringify([last.spec, controllers, host, ...marked(routers, inside)])
      if (candidate !== right || glances >= glancesInARow) return false
      glances++
      return true
    },
    takeSeen() {
      const taken = seen
      seen = null
      return taken
    },
    read(spec, wanted, isWhole) {
      last = { spec: hashOf(spec), wanted, isWhole }
      if (!isWhole) candidate = null
    },
    settle() {
      right = candidate
      candidate = null
      glances = 0
    },
  }
}

const marked = (routers: readonly WantedRouter[], inside: ReadonlyMap<string, string>) =>
  routers.map(({ namespace, mark }) => `${namespace} ${mark} ${inside.get(namespace)}`)

/** By what it says, whatever its number: a host is right for that alone. */
function hashOf(spec: HostSpec): string {
  const known = hashes.get(spec)
  if (known !== undefined) return known
  const hash = fingerprint(spec)
  hashes.set(spec, hash)
  return hash
}

const hashes = new WeakMap<HostSpec, string>()
