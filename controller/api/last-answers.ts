import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Clock } from '../../lib/clock/index.ts'

/** Longer than any answer takes that does not wait for the cloud. */
const graceMs = 1_000
/** Whether some of them are gone is looked at each time there are so many more. */
const pruneEvery = 100

/**
 * Lets requests under way be answered when the server is told to stop: who never hears that a provision
 * was accepted orders another. Those that take longer are cut off.
 */
export function giveLastAnswers(app: FastifyInstance, clock: Pick<Clock, 'sleep'>): void {
  const underWay = new Set<FastifyReply>()
  let heard: () => void = () => undefined
  // a stream that has begun goes on for as long as its client likes
  const owed = () => [...underWay].some(({ raw }) => !raw.headersSent && !raw.destroyed)
  const over = (reply: FastifyReply) => {
    underWay.delete(reply)
    if (!owed()) heard()
  }
  app.addHook('onRequest', async (_request, reply) => {
    underWay.add(reply)
    // comes also where the client left before, and where a route answers by itself
    reply.raw.once('close', () => over(reply))
    // but not for an answer that waited behind another one on its connection
    if (underWay.size % pruneEvery === 0)
      for (const one of underWay) if (one.raw.destroyed) underWay.delete(one)
  })
  app.addHook('onResponse', async (_request, reply) => over(reply))
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
