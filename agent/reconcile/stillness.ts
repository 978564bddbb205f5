import type { HostSpec } from '../../lib/contract/index.ts'
import type { Exec } from '../exec/index.ts'
import { fingerprint } from '../host/index.ts'
import { type AskedNamespace, type Glance, glanceAtAll } from '../observe/index.ts'
import type { Wanted, WantedRouter } from '../plan/index.ts'

/** Whether a host is as it was when nothing was to be done, known without reading it. */
export interface Stillness {
  /**
   * Glances at all that this spec was last seen to speak of; false when anything changed, or when it is
   * not known to be right. Throws EDGE_KERNEL_UNREADABLE.
   */
  isStill(exec: Exec, spec: HostSpec, controllers: readonly string[]): Promise<boolean>
  /** A look begins: what a glance just before saw of namespaces; of another spec's look it says nothing (null). */
  begin(spec: HostSpec | null): Glance['inside'] | null
  /** What was read speaks of this; `isWhole`: no namespace is trusted that was never read. */
  read(spec: HostSpec, wanted: Wanted, isWhole: boolean): void
  /** Nothing was to be done with what was read. */
  settle(): void
}

/** What was seen before a look: of which spec, and a digest of all where it can be trusted as a whole. */
interface Before {
  readonly spec: string
  readonly digest: string | null
  readonly inside: Glance['inside']
}

/** What no glance sees is found by the look that comes all the same, ten minutes later at most. */
const glancesInARow = 20

export function createStillness(): Stillness {
  let last: { readonly spec: string; readonly wanted: Wanted; readonly isWhole: boolean } | null =
    null
  /** A glance that changed something, until a look begins; then that of the look that goes on. */
  let glanced: Before | null = null
  let begun: Before | null = null
  let right: string | null = null
  let glances = 0

  return {
    async isStill(exec, spec, controllers) {
      glanced = null
      const name = nameOf(spec)
      if (last?.spec !== name || !last.isWhole) return false
      const { routers, sysctls } = last.wanted
      const keys = sysctls.map(({ key }) => key)
      const { host, inside } = await glanceAtAll(exec, keys, routers.map(askedOf))
      const isSeen = host !== undefined && inside.size === routers.length
      const whole = [name, controllers, host, ...marked(routers, inside)]
      const digest = isSeen ? fingerprint(whole) : null
      if (digest !== null && digest === right && glances < glancesInARow) {
        glances++
        return true
      }
      glanced = { spec: name, digest, inside }
      return false
    },
    begin(spec) {
      begun = spec !== null && glanced?.spec === nameOf(spec) ? glanced : null
      glanced = null
      return begun?.inside ?? null
    },
    read(spec, wanted, isWhole) {
      last = { spec: nameOf(spec), wanted, isWhole }
      if (!isWhole) begun = null
    },
    settle() {
      right = begun?.digest ?? null
      begun = null
      glances = 0
    },
  }
}

export const askedOf = ({ namespace, inside: { sysctls } }: WantedRouter): AskedNamespace => ({
  name: namespace,
  keys: sysctls.map(({ key }) => key),
})

const marked = (routers: readonly WantedRouter[], inside: Glance['inside']) =>
  routers.map(({ namespace, mark }) => `${namespace} ${mark} ${inside.get(namespace)}`)

/** By what it says, whatever its number: a host is right for that alone. */
function nameOf(spec: HostSpec): string {
  const known = names.get(spec)
  if (known !== undefined) return known
  const name = fingerprint(spec)
  names.set(spec, name)
  return name
}

const names = new WeakMap<HostSpec, string>()
