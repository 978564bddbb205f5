import { namespacesAtOnce, split } from '../exec/index.ts'
import type { Stack } from '../host/index.ts'
import { insideSteps, type WantedRouter } from '../plan/index.ts'

/** Digests of namespaces by name; null where nobody looked. */
export type Digests = ReadonlyMap<string, string> | null

/** Which namespaces need not be read, because they are as they were when that was right. */
export interface Trust {
  /**
   * Those to read, of one list by one process: all that are not what their mark says or not as they
   * were, and a few more in turn of those that were not read since they were marked.
   */
  toRead(
    routers: readonly WantedRouter[],
    suspects: ReadonlySet<string>,
    seen: Digests,
  ): WantedRouter[][]
  /** Whether each was read, and right, with the digest it had then. */
  isComplete(routers: readonly WantedRouter[]): boolean
  /** What was found inside of those that were read; the digests are from before. */
  learn(
    routers: readonly WantedRouter[],
    inside: Readonly<Record<string, Stack>>,
    seen: ReadonlyMap<string, string>,
  ): void
}

/** How many marked namespaces are read each time, in turn, until all were: a tenth of them, ten at least. */
const readInTurn = (count: number): number => Math.max(10, Math.ceil(count / 10))

export function createTrust(): Trust {
  /** Seen to be right like this: by namespace its mark and digest. */
  const right = new Map<string, string>()
  let turn = 0

  return {
    toRead(routers, suspects, seen) {
      const marked = routers.filter(({ namespace }) => !suspects.has(namespace))
      const unknown = marked.filter((router) => !right.has(keyOf(router)))
      const changed = marked.filter((router) => {
        const before = right.get(keyOf(router))
        return seen !== null && before !== undefined && before !== seen.get(router.namespace)
      })
      const length = seen === null ? 0 : Math.min(readInTurn(routers.length), unknown.length)
      const inTurn = Array.from({ length }, (_, index) => unknown[(turn + index) % unknown.length])
      turn += length
      const urgent = routers.filter(({ namespace }) => suspects.has(namespace))
      // What is only looked at in turn hurries nobody: one process for all of it.
      const calm = inTurn.filter((router) => router !== undefined)
      return [
        ...split([...urgent, ...changed], namespacesAtOnce),
        ...(calm.length === 0 ? [] : [calm]),
      ]
    },
    isComplete: (routers) => routers.every((router) => right.has(keyOf(router))),
    learn(routers, inside, seen) {
      const keys = new Set(routers.map(keyOf))
      for (const key of right.keys()) if (!keys.has(key)) right.delete(key)
      for (const router of routers) {
        const stack = inside[router.namespace]
        if (stack === undefined) continue
        const digest = seen.get(router.namespace)
        const isRight = digest !== undefined && insideSteps(router, stack).length === 0
        if (isRight) right.set(keyOf(router), digest)
        else right.delete(keyOf(router))
      }
    },
  }
}

const keyOf = ({ namespace, mark }: WantedRouter): string => `${namespace} ${mark}`
