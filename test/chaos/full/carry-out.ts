import { setTimeout as pause } from 'node:timers/promises'
import type { Lab } from '../../lab/whole/lab.ts'
import type { Supervised } from '../world/supervised.ts'
import { progress, type Step } from './steps.ts'

const withinMs = 150_000
const lookMs = 100

/** How often `edgectl` was asked, and how often it saw the end. */
export interface Asked {
  readonly asked: number
  readonly seen: number
}

/**
 * Asks for an operation until it is accepted and waits until it has ended, whatever happens to the
 * controller meanwhile. Throws when it ends otherwise or not in time.
 */
export async function carryOut(
  lab: Lab,
  controller: Supervised,
  step: Step,
  provider: number,
): Promise<Asked> {
  const end = performance.now() + withinMs
  let [asked, seen, said] = [0, 0, '']
  while (progress(lab, step) !== 'ended') {
    if (performance.now() > end) throw new Error(`${step.name} does not end. ${said}`)
    await controller.up().catch(() => undefined)
    if (progress(lab, step) === 'before') {
      asked++
      const args = ['provision', ...step.words(lab, provider)]
      // It waits for the end, and goes on watching when a controller is there again.
      const { code, stderr } = await lab.edgectl(args, { withinMs })
      said = stderr.slice(-300)
      if (code === 0) seen++
      if (code === 0 && progress(lab, step) !== 'ended')
        throw new Error(`edgectl saw ${step.name} end, which has not`)
    } else await pause(lookMs)
  }
  return { asked, seen }
}
