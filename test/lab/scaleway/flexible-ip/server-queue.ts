import type { Job } from '../engine/clock.ts'
import type { Sim } from '../engine/sim.ts'

const alone = { attach: 2, detach: 6 }
const firstOfMany = 12
const eachMore = 6

interface Operation {
  readonly name: string
  readonly run: () => Promise<void>
  readonly orderedMs: number
  job: Job
  /** Virtual milliseconds at which it will be done. */
  dueMs: number
}

const queues = new WeakMap<Sim, Map<string, Operation[]>>()

/**
 * The cloud's worker of one server: a lone operation is quick; with several waiting the nth ends
 * 12 + 6·(n−1) seconds after the first was ordered (seen: 12, 18 and 27, 40, 42). An operation that
 * was alone becomes one of several when another joins it.
 */
export function enqueue(
  sim: Sim,
  server: string,
  kind: 'attach' | 'detach',
  name: string,
  run: () => Promise<void>,
): void {
  const queue = queueOf(sim, server)
  const now = sim.clock.now()
  const [only] = queue
  if (queue.length === 1 && only) delay(only, only.orderedMs + firstOfMany * 1000)
  const last = queue.at(-1)
  const dueMs = last ? last.dueMs + eachMore * 1000 : now + alone[kind] * 1000
  const operation: Operation = {
    name,
    run,
    orderedMs: now,
    dueMs,
    job: { name, since: now, at: 0, run },
  }
  queue.push(operation)
  schedule(operation)

  function delay(other: Operation, until: number): void {
    if (until <= other.dueMs) return
    sim.clock.cancel(other.job)
    other.dueMs = until
    schedule(other)
  }

  function schedule(pending: Operation): void {
    const seconds = (pending.dueMs - sim.clock.now()) / 1000
    pending.job = sim.clock.after(seconds, pending.name, async () => {
      queue.splice(queue.indexOf(pending), 1)
      await pending.run()
    })
    // What jitter made of it is what the next one queues behind.
    pending.dueMs = pending.job.at
  }
}

export function clearQueues(sim: Sim): void {
  queues.delete(sim)
}

function queueOf(sim: Sim, server: string): Operation[] {
  const servers = queues.get(sim) ?? new Map<string, Operation[]>()
  queues.set(sim, servers)
  const queue = servers.get(server) ?? []
  servers.set(server, queue)
  return queue
}
