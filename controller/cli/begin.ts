import { setTimeout as delay } from 'node:timers/promises'
import { AnswerLost } from './answer-lost.ts'
import type { Client } from './client.ts'
import { interrupted } from './failure.ts'
import { endOf, gone, seenState, stateOf } from './state-of.ts'

interface Beginning {
  readonly client: Client
  readonly provision: string
  readonly signal: AbortSignal
}

const againMs = 1000

/**
 * Starts the work. Answers DONE when nothing is left to be followed: what is done already is deleted at
 * once, and its stream tells nothing more. An answer that was lost is looked for in the state, as soon as
 * there is one; throws AnswerLost where that does not tell.
 */
export async function begin(
  about: Beginning,
  start: () => Promise<void>,
): Promise<string | undefined> {
  try {
    await start()
  } catch (error) {
    if (!(error instanceof AnswerLost)) throw error
    return await foundOut(about, error)
  }
  const state = await stateOf(about.client, about.provision, about.signal)
  return state === gone ? 'DONE' : undefined
}

/** A state that works tells that it was begun. One that has ended may be that from before. */
async function foundOut(
  { client, provision, signal }: Beginning,
  { lost }: AnswerLost,
): Promise<string | undefined> {
  while (true) {
    const state = await seenState(client, provision, signal).catch(() => {
      throw new AnswerLost(lost)
    })
    const ended = endOf(state)
    if (ended === 'DONE') return ended
    if (ended !== undefined) throw new AnswerLost({ ...lost, state: ended })
    if (state !== undefined) return undefined
    await delay(againMs, undefined, { signal }).catch(() => {
      throw new AnswerLost(lost, interrupted)
    })
  }
}
