import { tellFailure } from './colour.ts'
import { Declined, Failure, failed } from './failure.ts'

/** What something was done to: one where one was named, else all of those where it went well. */
export type Done = { readonly id: number } | readonly { readonly id: number }[]

interface Manner {
  readonly atOnce?: boolean
  /** Whether several were named; when only one of them is left, it is still treated as one of several. */
  readonly several?: boolean
}

/**
 * Does one thing to each, in their order or all at once. With one, its failure is the command's. With
 * several, each failure is told and the others go on, unless somebody declined; the exit code is 1 if for any of them trying
 * again may help, else that of the failures.
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
  const codes: number[] = []
  const done: { id: number }[] = []
  const attempt = async (id: string) => {
    try {
      await act(id)
      done.push({ id: Number(id) })
    } catch (error) {
      if (!(error instanceof Failure) || error instanceof Declined) throw error
      tellFailure(`${what} ${id}: ${error.message}`)
      codes.push(error.exitCode)
    }
  }
  if (atOnce) await Promise.all(ids.map(attempt))
  else for (const id of ids) await attempt(id)
  if (codes.length > 0) process.exitCode = codes.includes(failed) ? failed : Math.max(...codes)
  return done
}
