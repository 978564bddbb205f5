import { type Clock, isTransient } from '../../lib/clock/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'

/** What oned answers; where that is late or does not come, what is remembered, if anything is. */
export type Impatience = <T>(asked: Promise<T>, remembered: () => T | undefined) => Promise<T>

/** Three questions one after the other are answered within a second. */
const patienceMs = 250
/** For the next questions, until an answer is in time again. */
const shortPatienceMs = 20

/** Says once that oned is late, and once that it is not any more. */
export function createImpatience(
  clock: Pick<Clock, 'elapsed' | 'patience'>,
  logger: Pick<Logger, 'warn' | 'info'>,
): Impatience {
  let late = false
  const become = (now: boolean, why: string) => {
    if (now === late) return
    late = now
    if (now) logger.warn('oned is late: its drivers are told what it said last', { why })
    else logger.info('oned answers in time again')
  }
  return async (asked, remembered) => {
    const answer = asked.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    const began = clock.elapsed()
    const first = await soon(answer, clock.patience(late ? shortPatienceMs : patienceMs))
    const silent = first === undefined || ('error' in first && isTransient(first.error))
    if (silent) {
      become(true, first === undefined ? 'no answer yet' : sentenceOf(first.error))
      void answer.then((end) => {
        if ('value' in end && clock.elapsed() - began < patienceMs) become(false, '')
      })
      const known = remembered()
      if (known !== undefined) return known
    } else become(false, '')
    const end = first ?? (await answer)
    if ('error' in end) throw end.error
    return end.value
  }
}

/** What comes within the time, else undefined. */
async function soon<T>(work: Promise<T>, withinMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, withinMs, undefined)
  })
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}
