import type { HostSpec } from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import { atOnce, type Exec, namespacesAtOnce } from '../exec/index.ts'
import type { Observed } from '../host/index.ts'
import { isNoNamespace, readHost, readNamespace, readSysctls } from '../observe/index.ts'
import { unmarked, type Wanted, wantedOf } from '../plan/index.ts'

/** Reads the host as far as a spec speaks of it; passes on who controls it. Throws EDGE_KERNEL_UNREADABLE. */
export type Observer = (spec: HostSpec, controllers?: readonly string[]) => Promise<Observed>

type Router = Wanted['routers'][number]

/** How many trusted namespaces are read in full each time, in turn. */
const readInTurn = 10

/** Two looks: the second needs to know which sysctls and namespaces the spec speaks of. */
export function createObserver(exec: Exec, logger: Logger): Observer {
  let turn = 0

  const chosenOf = (wanted: Wanted, first: Observed): Router[] => {
    const names = new Set(first.namespaces)
    const present = wanted.routers.filter(({ namespace }) => names.has(namespace))
    const suspect = new Set(unmarked(wanted, first))
    const trusted = present.filter(({ namespace }) => !suspect.has(namespace))
    const inTurn = Array.from(
      { length: Math.min(readInTurn, trusted.length) },
      (_, index) => trusted[(turn + index) % trusted.length],
    )
    turn += readInTurn
    return [...present.filter(({ namespace }) => suspect.has(namespace)), ...inTurn].filter(
      (router) => router !== undefined,
    )
  }

  return async (spec, controllers = []) => {
    const { host, namespaces } = await readHost(exec)
    const first: Observed = { host, namespaces, inside: {}, broken: [], controllers }
    const wanted = wantedOf(spec, first)
    const inside: Record<string, Observed['host']> = {}
    const broken: string[] = []
    const look = async ({ namespace, inside: { sysctls } }: Router): Promise<void> => {
      try {
        const keys = sysctls.map(({ key }) => key)
        inside[namespace] = await readNamespace(exec, namespace, keys)
      } catch (error) {
        // Trouble of one namespace is not the others': it is made anew, or left for the next time.
        logger.warn(sentenceOf(error), { namespace })
        if (isNoNamespace(error)) broken.push(namespace)
      }
    }
    const keys = wanted.sysctls.map(({ key }) => key)
    const [sysctls] = await Promise.all([
      readSysctls(exec, keys),
      atOnce(namespacesAtOnce, chosenOf(wanted, first), look),
    ])
    return { ...first, host: { ...host, sysctls }, inside, broken }
  }
}
