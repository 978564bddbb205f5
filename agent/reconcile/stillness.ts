import type { HostSpec } from '../../lib/contract/index.ts'
import type { Exec } from '../exec/index.ts'
import { fingerprint } from '../host/index.ts'
import {
  type AskedNamespace,
  type Glance,
  glanceAtAll,
  type HostPart,
  hostParts,
} from '../observe/index.ts'
import type { Wanted, WantedRouter } from '../plan/index.ts'

/** Whether a host is as it was when nothing was to be done, known without reading it. */
export interface Stillness {
  /**
   * Glances at what this spec was last seen to speak of; false when anything changed, or when it is not
   * known to be right. While the kernel tells of nothing, only so many namespaces at a time, in turn.
   * Throws EDGE_KERNEL_UNREADABLE.
   */
  isStill(exec: Exec, spec: HostSpec, controllers: readonly string[]): Promise<boolean>
  /** The kernel told of a change: the next glance is at everything. */
  heard(): void
  /** A look begins: what a glance just before saw of namespaces; of another spec's look it says nothing (null). */
  begin(spec: HostSpec | null): Glance['inside'] | null
  /** What was read speaks of this; `isWhole`: no namespace is trusted that was never read. */
  read(spec: HostSpec, wanted: Wanted, isWhole: boolean): void
  /** Nothing was to be done with what was read. */
  settle(): void
}

/** What was seen at once: of which spec, digests of the host, and of each namespace with its mark. */
interface Seen {
  readonly spec: string
  readonly controllers: string
  readonly host: ReadonlyMap<string, string>
  readonly marked: ReadonlyMap<string, string>
  readonly inside: Glance['inside']
}

/** What is glanced at next. */
interface Shown {
  readonly routers: readonly WantedRouter[]
  readonly parts: readonly HostPart[]
}

/** What no glance sees is found by the look that comes all the same, ten minutes later at most. */
const glancesInARow = 20
/** All of a host with few; of 500 each is glanced at every fifth minute. */
const leastInTurn = 50
/** Of a host with many, parts in turn: to list its thousands of links takes 0.1 s of a core. */
const partsInTurn = hostParts.filter((part) => part !== 'settings')

export function createStillness(): Stillness {
  let last: { readonly spec: string; readonly wanted: Wanted; readonly isWhole: boolean } | null =
    null
  /** A glance at everything that changed something, until a look begins; then that of the look that goes on. */
  let glanced: Seen | null = null
  let begun: Seen | null = null
  let right: Seen | null = null
  let glances = 0
  let isNews = true
  /** Something was found, and nobody has seen yet that it was put right. */
  let isAstray = false
  let [turn, partsTurn] = [0, 0]

  /** The next ones, or all when that is not enough to go by. */
  const next = (routers: readonly WantedRouter[]): Shown => {
    const whole = { routers, parts: hostParts }
    if (isNews || isAstray || right === null || glances >= glancesInARow) return whole
    const count = Math.max(leastInTurn, Math.ceil((2 * routers.length) / glancesInARow))
    if (count >= routers.length) return whole
    const from = turn % routers.length
    turn = from + count
    const part = partsInTurn[partsTurn++ % partsInTurn.length] ?? 'links'
    return {
      routers: [...routers, ...routers].slice(from, from + count),
      parts: ['settings', part],
    }
  }

  return {
    async isStill(exec, spec, controllers) {
      glanced = null
      const name = nameOf(spec)
      if (last?.spec !== name || !last.isWhole) return false
      const { routers, sysctls } = last.wanted
      const keys = sysctls.map(({ key }) => key)
      const shown = next(routers)
      const { parts } = shown
      // Before the kernel is asked: what it tells meanwhile is for the next one.
      isNews = false
      isAstray = true
      const asked = shown.routers.map(askedOf)
      const { host, inside } = await glanceAtAll(exec, { parts, keys }, asked)
      if (host === undefined || inside.size !== asked.length) return false
      const seen: Seen = {
        spec: name,
        controllers: controllers.join(),
        host,
        marked: new Map(
          shown.routers.map(({ namespace, mark }) => [
            namespace,
            `${mark} ${inside.get(namespace)}`,
          ]),
        ),
        inside,
      }
      if (right !== null && isLike(seen, right) && glances < glancesInARow) {
        glances++
        isAstray = false
        return true
      }
      if (asked.length === routers.length && parts.length === hostParts.length) glanced = seen
      return false
    },
    heard() {
      isNews = true
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
      right = begun
      begun = null
      glances = 0
      isAstray = false
    },
  }
}

const isLike = (seen: Seen, right: Seen): boolean =>
  seen.spec === right.spec &&
  seen.controllers === right.controllers &&
  [...seen.host].every(([part, digest]) => right.host.get(part) === digest) &&
  [...seen.marked].every(([name, digest]) => right.marked.get(name) === digest)

export const askedOf = ({ namespace, inside: { sysctls } }: WantedRouter): AskedNamespace => ({
  name: namespace,
  keys: sysctls.map(({ key }) => key),
})

/** By what it says, whatever its number: a host is right for that alone. */
function nameOf(spec: HostSpec): string {
  const known = names.get(spec)
  if (known !== undefined) return known
  const name = fingerprint(spec)
  names.set(spec, name)
  return name
}

const names = new WeakMap<HostSpec, string>()
