import type { Test } from 'tap'
import type { Fleet } from './fleet.ts'
import { type Flow, type Passage, ping } from './flow.ts'
import type { Machine } from './machine.ts'

/** The client behind the internet's router. */
export const client = '203.0.113.10'

/** Flows that go on while things die. */
export interface Watched {
  readonly flows: readonly Flow[]
  /** Lets something happen and counts what it cost: printed, and given back by flow. */
  during(what: string, act: () => Promise<unknown>): Promise<Map<string, Passage>>
  stop(): void
}

/** Keeps flows going while things die; `tell` prints. */
export async function watch(
  tell: (line: string) => void,
  starts: readonly (() => Promise<Flow>)[],
): Promise<Watched> {
  const flows: Flow[] = []
  for (const start of starts) flows.push(await start())
  return {
    flows,
    async during(what, act) {
      for (const flow of flows) await flow.lap()
      await act()
      const passages = new Map<string, Passage>()
      for (const flow of flows) {
        const passage = await flow.lap()
        const { sent, lost, stallMs } = passage
        tell(`${what}: ${flow.title}: ${lost} of ${sent} packets lost, longest wait ${stallMs} ms`)
        passages.set(flow.title, passage)
      }
      return passages
    },
    stop: () => {
      for (const flow of flows) flow.stop()
    },
  }
}

/** Lets something happen, prints what it cost, and holds that it cost no packet. */
export async function loseNothing(
  t: Test,
  watched: Watched,
  what: string,
  act: () => Promise<unknown>,
): Promise<void> {
  for (const [title, { lost }] of await watched.during(what, act))
    t.equal(lost, 0, `${what}: ${title} loses nothing`)
}

export const from = (machine: Machine, target: string) => () => ping(machine, target)
export const fromClient = (fleet: Fleet, target: string) => () =>
  ping(fleet.world.internet, target, { source: client })
