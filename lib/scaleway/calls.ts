import { AsyncLocalStorage } from 'node:async_hooks'

/** One attempt of a request to Scaleway, and how it ended. */
export interface CloudCall {
  readonly method: string
  readonly path: string
  /** Absent when no answer came; `failure` says why. */
  readonly status?: number
  /** What Scaleway's support asks for. */
  readonly requestId?: string
  readonly failure?: string
  readonly ms: number
}

/** A list of a work that goes on and on is of no use to anybody. */
const most = 100

const lists = new AsyncLocalStorage<CloudCall[]>()

/**
 * Runs work and puts every request to Scaleway that is made for it into the list, also those of work
 * that fails. What several callers share is in the list of the one that began it.
 */
export function notingCalls<T>(list: CloudCall[], work: () => Promise<T>): Promise<T> {
  return lists.run(list, work)
}

export function noteCall(call: CloudCall): void {
  const list = lists.getStore()
  if (list !== undefined && list.length < most) list.push(call)
}
