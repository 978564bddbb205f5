import { tellFailure } from './colour.ts'
import { Declined, Failure, failed, interrupted } from './failure.ts'

/** What something was done to: one where one was named, else all of those where it went well. */
export type Done = { readonly id: number } | readonly { readonly id: number }[]

interface Manner {
  readonly atOnce?: boolean
  /** Whether several were named; when only one of them is left, it is still treated as one of several. */
  readonly several?: boolean
}

/** Each may hold a stream of events, of which the controller gives one user 50: others shall get some too. */
const mostAtOnce = 20

/**
 * Does one thing to each, in their order or several at once. With one, its failure is the command's. With
 * several, each failure is told and the others go on, unless somebody declined; the exit code is that of
 * Ctrl-C, 1 if for any of them trying again may help, else that of the failures.
 */
export async function each(
  what: string,
  ids: readonly string[],
  act: (id: string) => Promise<unknown>,
  { atOnce = false, several = ids.length > 1 }: Manner = {},
): Promise<Done> {
  const [only] = ids
  if (only !== undefined && !several) {
    await act(only)
    return { id: Number(only) }
  }
  // what was looked at before may have failed for some
  const codes = [Number(process.exitCode ?? 0)]
  const done = new Set<string>()
  const waiting = [...ids]
  const attempt = async (id: string) => {
    try {
      await act(id)
      done.add(id)
    } catch (error) {
      if (!(error instanceof Failure) || error instanceof Declined) {
        waiting.splice(0)
        throw error
      }
      tellFailure(`${what} ${id}: ${error.message}`)
      codes.push(error.exitCode)
    }
  }
  const worker = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await attempt(id)
  }
  await Promise.all(Array.from({ length: atOnce ? mostAtOnce : 1 }, worker))
  if (codes.length > 1)
    process.exitCode =
      [interrupted, failed].find((code) => codes.includes(code)) ?? Math.max(...codes)
  return ids.filter((id) => done.has(id)).map((id) => ({ id: Number(id) }))
}

/** The ids of those where all went well. */
export function idsIn(done: Done): string[] {
  return (Array.isArray(done) ? done : [done]).map(({ id }) => String(id))
}
