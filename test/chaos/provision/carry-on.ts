import { setTimeout as pause } from 'node:timers/promises'
import { sentenceOf } from '../../../lib/fault/index.ts'
import type { World } from '../world/world.ts'
import type { ProvisionOperation } from './operations.ts'

const lookMs = 10

/**
 * Asks for an operation until it is accepted, and waits until it has ended, whatever happens to the
 * controller meanwhile. Throws when it ends otherwise or not in time.
 */
export async function carryOn(
  world: World,
  operation: ProvisionOperation,
  { until = () => false, withinMs = 60_000 }: { until?: () => boolean; withinMs?: number } = {},
): Promise<void> {
  const end = performance.now() + withinMs
  let refusal = 'it was accepted'
  while (true) {
    // One that is killed while it starts is started again, by its supervisor too.
    await world.controller.up().catch(() => undefined)
    await operation.begin(world).catch((error: unknown) => {
      refusal = sentenceOf(error)
    })
    if (until() || operation.ended(world)) return
    if (performance.now() > end)
      throw new Error(`${operation.name} has not ended within ${withinMs} ms; ${refusal}`)
    await pause(lookMs)
  }
}
