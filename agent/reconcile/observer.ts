import type { HostSpec } from '../../lib/contract/index.ts'
import { Fault, sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import { type Exec, namespacesAtOnce } from '../exec/index.ts'
import type { Observed } from '../host/index.ts'
import {
  type AskedNamespace,
  isNoNamespace,
  readBeside,
  readHost,
  readNamespaces,
  readSysctls,
} from '../observe/index.ts'
import { unmarked, type Wanted, wantedOf } from '../plan/index.ts'

/**
 * Reads the host as far as a spec speaks of it; passes on who controls it. Throws
 * EDGE_KERNEL_UNREADABLE, also when `giveWay` ends it.
 */
export type Observer = (
  spec: HostSpec,
  controllers?: readonly string[],
  giveWay?: AbortSignal,
) => Promise<Observed>

type Router = Wanted['routers'][number]

/** How many trusted namespaces are read in full each time, in turn. */
const readInTurn = 10

/**
 * Two looks: the second needs to know which namespaces the spec speaks of. Sysctls are those of the
 * look before, and what is new among them is read at the end.
 */
export function createObserver(programs: Exec, logger: Logger): Observer {
  const choose = createChooser()
  let asked: readonly string[] = []

  return async (spec, controllers = [], giveWay) => {
    const exec = giveWay === undefined ? programs : endedBy(programs, giveWay)
    const keys = asked
    const others = readBeside(exec, keys)
    // Awaited below; until then its failure is nobody's.
    others.catch(() => undefined)
    const { host, namespaces } = await readHost(exec)
    const first: Observed = { host, namespaces, inside: {}, broken: [], controllers }
    const wanted = wantedOf(spec, first)
    const inside: Record<string, Observed['host']> = {}
    const broken: string[] = []
    const read = async (routers: readonly Router[]): Promise<void> => {
      for (const [namespace, found] of await readNamespaces(exec, routers.map(askedOf))) {
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
    await Promise.all(choose(spec, wanted, first).map(read))
    const { fdb, tables, sysctls, forwards } = await others
    const known = new Set(keys)
    asked = wanted.sysctls.map(({ key }) => key)
    const news = await readSysctls(
      exec,
      asked.filter((key) => !known.has(key)),
    )
    const whole = { ...host, fdb, tables, sysctls: { ...sysctls, ...news } }
    return { ...first, host: whole, inside, broken, forwards }
  }
}

/** Programs that end when `signal` aborts. */
const endedBy = (exec: Exec, signal: AbortSignal): Exec => ({
  ...exec,
  run: (argv, options) => exec.run(argv, { ...options, signal }),
})

/**
 * Chooses the namespaces to read, those of one list by one process: all that are not what their mark
 * says, and a few more in turn. A new spec is in a hurry, so of it only the former.
 */
function createChooser(): (spec: HostSpec, wanted: Wanted, first: Observed) => Router[][] {
  let turn = 0
  let last = ''
  return (spec, wanted, first) => {
    const name = `${spec.epoch}/${spec.generation}`
    const isNews = last !== '' && last !== name
    last = name
    const names = new Set(first.namespaces)
    const present = wanted.routers.filter(({ namespace }) => names.has(namespace))
    const suspect = new Set(unmarked(wanted, first))
    const trusted = present.filter(({ namespace }) => !suspect.has(namespace))
    const length = isNews ? 0 : Math.min(readInTurn, trusted.length)
    const inTurn = Array.from({ length }, (_, index) => trusted[(turn + index) % trusted.length])
    turn += length
    const urgent = present.filter(({ namespace }) => suspect.has(namespace))
    const shares = Array.from({ length: namespacesAtOnce }, (_, share) =>
      urgent.filter((_, index) => index % namespacesAtOnce === share),
    )
    // What is only looked at in turn hurries nobody: one process for all of it.
    return [...shares, inTurn.filter((router) => router !== undefined)].filter(
      ({ length: count }) => count > 0,
    )
  }
}

const askedOf = ({ namespace, inside: { sysctls } }: Router): AskedNamespace => ({
  name: namespace,
  keys: sysctls.map(({ key }) => key),
})
