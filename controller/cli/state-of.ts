import type { ProvisionAnswer } from './answers.ts'
import type { Client } from './client.ts'
import { Failure, NoSuchRoute } from './failure.ts'

/** No state: the document does not exist any more. */
export const gone = 'gone'

/** Undefined while nobody answers; `gone` when the document is. Throws what waiting does not mend. */
export async function seenState(
  client: Client,
  provision: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const path = `/provisions/${provision}`
    const found = await client.call<ProvisionAnswer>('GET', path, undefined, { signal })
    return found.TEMPLATE.PROVISION_BODY.state
  } catch (error) {
    if (isPassing(error)) return undefined
    if (error instanceof Failure && !(error instanceof NoSuchRoute) && error.status === 404)
      return gone
    throw error
  }
}

/** The same for whom anything else will tell what waiting does not mend. */
export async function stateOf(
  ...asked: Parameters<typeof seenState>
): ReturnType<typeof seenState> {
  return await seenState(...asked).catch(() => undefined)
}

/** Whether somebody may answer later, of a server that has the route: also behind a proxy that has lost it. */
export function isPassing(error: unknown): boolean {
  if (error instanceof NoSuchRoute) return error.code === undefined
  return error instanceof Failure && (error.status === undefined || error.status >= 500)
}

export function hasEnded(state: string): boolean {
  return state === 'RUNNING' || state === 'DONE' || state.endsWith('_FAILURE')
}

/** The state it ended in, `DONE` also when its document is gone; undefined while it goes on, or nobody answers. */
export function endOf(state: string | undefined): string | undefined {
  if (state === gone) return 'DONE'
  return state !== undefined && hasEnded(state) ? state : undefined
}
