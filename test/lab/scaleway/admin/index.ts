import type { FastifyInstance } from 'fastify'
import type { Switches } from '../engine/config.ts'
import type { Sim } from '../engine/sim.ts'
import { untyped } from '../transport/errors.ts'
import { type FaultRequest, orderFault } from './orders.ts'
import { reset } from './reset.ts'
import { stateOf } from './state.ts'
import { violations } from './violations.ts'

interface Asked {
  Querystring: { project_id?: string; destroyed?: string; since?: string }
}

/** The simulator's own interface, under `/_sim`: no key, no latency, never a product path. */
export function serveAdmin(app: FastifyInstance, sim: Sim): void {
  const { journal, clock, faults } = sim

  app.get('/state', async () => stateOf(sim))
  app.post('/reset', async () => {
    await reset(sim)
    return { reset: true }
  })

  app.get<Asked>('/violations', async ({ query }) => ({
    violations: violations(sim, query.destroyed),
  }))
  app.get<Asked>('/requests', async ({ query }) => ({
    requests: journal.requests.filter(({ seq }) => seq > Number(query.since ?? 0)),
  }))
  app.get<Asked>('/billing', async ({ query }) => sim.ledger.bill(query.project_id))

  app.get('/clock', async () => clockOf())
  app.post<{ Body: { timeScale?: number } }>('/clock', async ({ body }) => {
    if (!(Number(body.timeScale) > 0)) throw untyped(400, 'timeScale must be above 0')
    clock.rescale(Number(body.timeScale))
    return clockOf()
  })
  app.post<{ Body: { ms?: number } }>('/advance', async ({ body }) => {
    if (!(Number(body.ms) >= 0)) throw untyped(400, 'ms must be 0 or more')
    await clock.advance(Number(body.ms))
    return clockOf()
  })

  app.get('/faults', async () => ({ faults: faults.orders }))
  app.post<{ Body: FaultRequest }>('/faults', async ({ body }) => {
    try {
      return orderFault(sim, body)
    } catch (error) {
      throw untyped(400, (error as Error).message)
    }
  })
  app.delete('/faults', async () => {
    faults.clear()
    return { faults: [] }
  })

  app.patch<{ Body: Partial<Switches> }>('/switches', async ({ body }) =>
    Object.assign(sim.config.switches, body),
  )
  /** Which server each address should be on, as the program under test sees it. */
  app.put<{ Body: Record<string, string | null> }>('/beliefs', async ({ body }) => {
    journal.beliefs.clear()
    for (const [address, server] of Object.entries(body)) journal.beliefs.set(address, server)
    return body
  })
  /** What DNS answers from now on, by host name: a reverse is taken only for a name that resolves. */
  app.put<{ Body: Record<string, string> }>('/names', async ({ body }) => {
    sim.store.names.clear()
    for (const [name, address] of Object.entries(body)) {
      sim.store.names.set(name.toLowerCase(), address)
    }
    return body
  })
  app.put<{ Body: { limit?: number } }>('/budget', async ({ body }) => {
    const from = journal.requests.at(-1)?.seq ?? 0
    journal.budget = { from, limit: Number(body.limit ?? 40) }
    return journal.budget
  })

  const clockOf = () => ({
    nowMs: Math.round(clock.now()),
    timeScale: clock.timeScale,
    pending: clock.pending(),
  })
}
