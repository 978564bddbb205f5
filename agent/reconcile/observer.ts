import { isDeepStrictEqual } from 'node:util'
import type { HostSpec } from '../../lib/contract/index.ts'
import { Fault, sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import { type Exec, namespacesAtOnce, split } from '../exec/index.ts'
import type { Observed } from '../host/index.ts'
import {
  type AskedNamespace,
  type Glance,
  glanceInside,
  isNoNamespace,
  readBeside,
  readHost,
  readNamespaces,
  readSysctls,
} from '../observe/index.ts'
import { unmarked, type WantedRouter, wantedOf } from '../plan/index.ts'
import { askedOf, createStillness } from './stillness.ts'
import { createTrust } from './trust.ts'

export interface LookOptions {
  /** Addresses from which controllers came: passed on. */
  readonly controllers?: readonly string[]
  /** Ends the look. */
  readonly giveWay?: AbortSignal | undefined
  /** Every namespace, whatever its mark says. */
  readonly whole?: boolean
  /** Namespaces that were just changed: they are read beside the host, not after it. */
  readonly changed?: readonly string[]
}

/**
 * Reads the host as far as a spec speaks of it; passes on who controls it. Throws
 * EDGE_KERNEL_UNREADABLE, also when `giveWay` ends it.
 */
export type Look = (spec: HostSpec, options?: LookOptions) => Promise<Observed>

export interface Observer {
  readonly look: Look
  /**
   * Whether all is as it was at a look after which `settle` was called, and this spec's. Never throws;
   * false when that cannot be told.
   */
  isStill(spec: HostSpec, options?: LookOptions): Promise<boolean>
  /** The kernel told of a change. */
  heard(): void
  /** Nothing was to be done with what the last look read. */
  settle(): void
}

/**
 * Two looks: the second needs to know which namespaces the spec speaks of. Sysctls are those of the
 * look before, and what is new among them is read at the end.
 */
export function createObserver(programs: Exec, logger: Logger): Observer {
  const trust = createTrust()
  const stillness = createStillness()
  let asked: readonly string[] = []
  let askedInside: ReadonlyMap<string, AskedNamespace> = new Map()
  let last = ''
  let complaint = ''

  /** Without a glance everything is read, namespaces in turn. */
  const glancing = async <T>(glance: Promise<T>, otherwise: T, giveWay?: AbortSignal) => {
    try {
      const seen = await glance
      complaint = ''
      return seen
    } catch (error) {
      const told = sentenceOf(error)
      if (told !== complaint && giveWay?.aborted !== true) {
        logger.warn(`Everything is read each time: ${told}`)
        complaint = told
      }
      return otherwise
    }
  }

  const glance = (exec: Exec, routers: readonly WantedRouter[], giveWay?: AbortSignal) =>
    glancing<Glance['inside']>(glanceInside(exec, routers.map(askedOf)), new Map(), giveWay)

  const look: Look = async (spec, options = {}) => {
    const { controllers = [], giveWay, whole = false, changed = [] } = options
    const exec = endedBy(programs, giveWay)
    const name = `${spec.epoch}/${spec.generation}`
    const isNews = last !== '' && last !== name
    last = name
    // A new spec is in a hurry: its marks will do. Who reads everything needs no glance.
    const mayGlance = !whole && !isNews
    const before = stillness.begin(mayGlance ? spec : null)
    const keys = asked
    const others = readBeside(exec, keys)
    // Awaited below; until then its failure is nobody's.
    others.catch(() => undefined)
    // What is learned of a namespace is trusted with its glance, which must be the older of the two.
    const early = mayGlance ? [] : changed.flatMap((one) => askedInside.get(one) ?? [])
    const foundEarly = early.length === 0 ? undefined : readNamespaces(exec, early)
    const { host, namespaces } = await readHost(exec)
    const first: Observed = { host, namespaces, inside: {}, broken: [], controllers }
    const wanted = wantedOf(spec, first)
    const routers = wanted.routers.filter(({ namespace }) => namespaces.includes(namespace))
    const suspects = new Set(unmarked(wanted, first))
    const seen = mayGlance ? (before ?? (await glance(exec, routers, giveWay))) : null
    const inside: Record<string, Observed['host']> = {}
    const broken: string[] = []
    const wasEarly = (router: WantedRouter): boolean =>
      early.some((one) => isDeepStrictEqual(one, askedOf(router)))
    const readInside = async (share: readonly WantedRouter[]) => {
      const rest = share.filter((router) => !wasEarly(router))
      const names = new Set(share.filter(wasEarly).map(({ namespace }) => namespace))
      const found = rest.length === 0 ? [] : await readNamespaces(exec, rest.map(askedOf))
      return [...((await foundEarly) ?? [])].filter(([name]) => names.has(name)).concat([...found])
    }
    const read = async (share: readonly WantedRouter[]): Promise<void> => {
      for (const [namespace, found] of await readInside(share)) {
        if (!(found instanceof Fault)) {
          inside[namespace] = found
          continue
        }
        if (giveWay?.aborted) return
        // Trouble of one namespace is not the others': it is made anew, or left for the next time.
        logger.warn(sentenceOf(found), { namespace })
        if (isNoNamespace(found)) broken.push(namespace)
      }
    }
    const shares = whole ? split(routers, namespacesAtOnce) : trust.toRead(routers, suspects, seen)
    await Promise.all(shares.map(read))
    if (seen !== null) trust.learn(routers, inside, seen)
    const { fdb, tables, sysctls, forwards } = await others
    const known = new Set(keys)
    asked = wanted.sysctls.map(({ key }) => key)
    askedInside = new Map(wanted.routers.map((router) => [router.namespace, askedOf(router)]))
    const news = await readSysctls(
      exec,
      asked.filter((key) => !known.has(key)),
    )
    stillness.read(spec, wanted, !whole && trust.isComplete(wanted.routers))
    const all = { ...host, fdb, tables, sysctls: { ...sysctls, ...news } }
    return { ...first, host: all, inside, broken, forwards }
  }

  return {
    look,
    isStill: (spec, { controllers = [], giveWay } = {}) =>
      glancing(stillness.isStill(endedBy(programs, giveWay), spec, controllers), false, giveWay),
    heard: () => stillness.heard(),
    settle: () => stillness.settle(),
  }
}

/** Programs that end when `signal` aborts. */
const endedBy = (exec: Exec, signal: AbortSignal | undefined): Exec =>
  signal === undefined
    ? exec
    : { ...exec, run: (argv, options) => exec.run(argv, { ...options, signal }) }
