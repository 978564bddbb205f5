import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Clock } from '../../lib/clock/index.ts'

/** Longer than any answer takes that does not wait for the cloud. */
const graceMs = 1_000

/**
 * Lets requests under way be answered when the server is told to stop: who never hears that a provision
 * was accepted orders another. Those that take longer are cut off.
 */
export function giveLastAnswers(app: FastifyInstance, clock: Pick<Clock, 'sleep'>): void {
  const underWay = new Set<FastifyReply>()
  let heard: () => void = () => undefined
  // a stream that has begun goes on for as long as its client likes
  const owed = () => [...underWay].some(({ raw }) => !raw.headersSent)
  app.addHook('onRequest', async (_request, reply) => void underWay.add(reply))
  app.addHook('onResponse', async (_request, reply) => {
    underWay.delete(reply)
    if (!owed()) heard()
  })
  app.addHook('preClose', async () => {
    if (!owed()) return
    const over = new AbortController()
    const answered = new Promise<void>((resolve) => {
      heard = resolve
    })
    const patience = clock.sleep(graceMs, over.signal).catch(() => undefined)
    await Promise.race([answered, patience])
    over.abort()
  })
}
