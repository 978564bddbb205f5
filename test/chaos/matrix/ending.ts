import { setTimeout as pause } from 'node:timers/promises'
import { lastFailure, onlyProvision } from '../provision/documents.ts'
import type { ProvisionOperation } from '../provision/operations.ts'
import { ask, Refused } from '../world/client.ts'
import type { World } from '../world/world.ts'

/** How an operation ended that something went wrong with. */
export interface Ending {
  /** RUNNING, DONE, or the failure; `refused` when it never began and nothing was made. */
  readonly state: string | undefined
  /** What the failure says. */
  readonly said: string | undefined
}

const lookMs = 20
/** Who is refused tries again a few times. */
const patientAsks = 3

/** Asks for an operation until it is accepted, and waits until it has ended, well or not. */
export async function endingOf(
  world: World,
  operation: ProvisionOperation,
  withinMs: number,
): Promise<Ending> {
  const end = performance.now() + withinMs
  const refusals: string[] = []
  while (true) {
    await world.controller.up().catch(() => undefined)
    await operation.begin(world).catch((error: unknown) => {
      if (error instanceof Refused) refusals.push(error.said)
    })
    const provision = onlyProvision(world)
    const state = provision?.state
    if (provision === undefined && refusals.length >= patientAsks)
      return { state: 'refused', said: refusals.at(-1) }
    if (provision && state?.endsWith('_FAILURE')) return { state, said: lastFailure(provision) }
    if (provision && operation.ended(world)) return { state, said: undefined }
    if (performance.now() > end)
      throw new Error(`${operation.name} is ${state} after ${withinMs} ms; ${refusals.at(-1)}`)
    await pause(lookMs)
  }
}

/** Asks for something as a user does who reads the refusal and tries again. */
export async function insist(world: World, path: string, body: object): Promise<void> {
  const provision = onlyProvision(world)
  await ask(world, 'POST', `/provisions/${provision?.id}/${path}`, body)
}

/** What a person misses who has to act on a failure. */
export function lacking({ state, said }: Ending, answered: boolean): string[] {
  if (said === undefined) return ['a failure without a word']
  const parts = said.split(' — ')
  // A refusal is an answer of the API, which has a code of its own.
  const hasCode = state === 'refused' || /^(EDGE|ONE)_[A-Z_]+: /.test(said)
  return [
    ...(hasCode ? [] : [`no code in: ${said}`]),
    ...(/\[request [0-9a-f-]{36}\]/.test(said) || !answered ? [] : [`no request id in: ${said}`]),
    ...(parts.length > 1 && !/^answer: /.test(parts.at(-1) ?? '') ? [] : [`no advice in: ${said}`]),
    ...(said.length > 20 ? [] : [`too few words: ${said}`]),
  ]
}
