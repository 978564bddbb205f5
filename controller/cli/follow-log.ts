import { setTimeout as delay } from 'node:timers/promises'
import type { LogLine, ProvisionAnswer } from './answers.ts'
import type { Client } from './client.ts'
import { Failure, NoSuchRoute } from './failure.ts'
import { Silence } from './silence.ts'
import { hasEnded } from './state-of.ts'

export interface LogRequest {
  readonly client: Client
  readonly provision: string
  /** With what is there already, or without. */
  readonly from: 'beginning' | 'now'
  /** Until what is there now has been read, the work has ended, or the signal comes. */
  readonly until: 'now' | 'ended' | 'stopped'
  readonly signal: AbortSignal
  /** Somebody answered before, about the provision's name for instance: a silence is waited out from the first. */
  readonly answered?: boolean
  readonly onLine: (line: LogLine) => void
  /** Called with sentences about the following itself. */
  readonly tell: (sentence: string) => void
  /** Between two looks; a second unless given. */
  readonly pollMs?: number
}

interface Page {
  readonly pos: number
  readonly lines: readonly LogLine[]
}

/**
 * Reads a provision's log by byte offset, each line once. While it is followed, a controller that does not
 * answer is waited for; then the log goes on where it was. A provision that is deleted ends it.
 */
export async function followLog(request: LogRequest): Promise<void> {
  const { client, provision, from, until, signal, onLine, tell, pollMs = 1000 } = request
  const ask = patiently(request)
  const get = <T>(path: string) =>
    ask(() => client.call<T>('GET', `/provisions/${provision}${path}`, undefined, { signal }))
  // without a position the answer is where the log ends now
  let pos = from === 'beginning' ? 0 : undefined
  const readOn = async () => {
    for (let atEnd = false; !atEnd; ) {
      const page = await get<Page>(`/logs/poll?${pos === undefined ? 'pos' : `pos=${pos}`}`)
      for (const line of page.lines) onLine(line)
      const anew = page.pos < (pos ?? 0)
      if (anew) tell('The log was begun anew, on another disk perhaps; all of it follows')
      atEnd = !anew && (page.lines.length === 0 || page.pos === pos)
      pos = anew ? 0 : page.pos
    }
  }
  const workHasEnded = async () =>
    hasEnded((await get<ProvisionAnswer>('')).TEMPLATE.PROVISION_BODY.state)
  try {
    while (true) {
      // looked at before the lines, so that none of the last is missed
      const last = until === 'now' || (until === 'ended' && (await workHasEnded()))
      await readOn()
      if (last) return
      await delay(pollMs, undefined, { signal })
    }
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof Gone)) throw error
    tell(error.message)
  }
}

/** It was there before. */
class Gone extends Failure {}

/** Asks again while nobody answers, once somebody has; says so when it begins and when it is over. */
function patiently({ provision, until, signal, tell, pollMs = 1000, ...request }: LogRequest) {
  let { answered = false } = request
  return async <T>(ask: () => Promise<T>): Promise<T> => {
    for (let silent = false; ; silent = true) {
      try {
        const answer = await ask()
        if (silent) tell('There are answers again, the log goes on')
        answered = true
        return answer
      } catch (error) {
        if (signal.aborted || !answered || until === 'now') throw error
        if (isMissing(error))
          throw new Gone(`Provision ${provision} is gone, and its log with it`, 0)
        if (!isPassing(error)) throw error
        if (!silent) tell(`${error.message}; the log goes on when there is an answer`)
        await delay(pollMs, undefined, { signal })
      }
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Failure && !(error instanceof NoSuchRoute) && error.status === 404
}

/** A controller that starts anew, or whose oned does, answers later. */
function isPassing(error: unknown): error is Failure {
  if (error instanceof Silence) return true
  return error instanceof Failure && !(error instanceof NoSuchRoute) && (error.status ?? 0) >= 500
}
