import { fault } from './faults.ts'

/** Waits to be let in and answers how to leave. Throws EDGE_LOGINS_MANY when too many wait already. */
export type Turnstile = () => Promise<() => void>

/** Lets few in at a time: who comes in crowds must not keep everybody else from oned. */
export function createTurnstile(atOnce: number, mostWaiting: number): Turnstile {
  let inside = 0
  const waiting: (() => void)[] = []
  const leave = () => {
    const next = waiting.shift()
    if (next) next()
    else inside--
  }
  return async () => {
    if (inside < atOnce) inside++
    else if (waiting.length < mostWaiting) await new Promise<void>((go) => waiting.push(go))
    else throw fault('EDGE_LOGINS_MANY', 'Too many logins wait to be checked')
    return leave
  }
}
