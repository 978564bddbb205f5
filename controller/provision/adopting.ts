import type { Adopting } from '../documents/index.ts'
import { runSteps, type Step } from './engine.ts'
import { adoptedApplyingSteps, claimSteps } from './steps/adopting-cloud.ts'
import { closingSteps } from './steps/adopting-guests.ts'
import { letInSteps } from './steps/adopting-hosts.ts'
import { markSteps } from './steps/adopting-one.ts'
import { disarmSteps, dropSteps, goneSteps } from './steps/adopting-ranges.ts'
import { agentSteps } from './steps/agents.ts'
import { configuringOneSteps } from './steps/configuring-one.ts'
import { enableHosts } from './steps/configuring-provision.ts'
import { givenUpSteps } from './steps/given-up-hosts.ts'
import { publicAddressSteps } from './steps/public-addresses.ts'
import type { Work } from './work.ts'

type Phase = (work: Work, adopting: Adopting) => Step[]

const phases: Readonly<Record<string, readonly Phase[]>> = {
  PLANNING: [closingSteps],
  APPLYING: [closingSteps, claimSteps, adoptedApplyingSteps],
  CONFIGURING_ONE: [closingSteps, markSteps, givenUpSteps, configuringOneSteps],
  CONFIGURING_PROVISION: [
    closingSteps,
    givenUpSteps,
    (work, adopting) => [...letInSteps(work, adopting), ...disarmSteps(work, adopting)],
    (work, adopting) => [...agentSteps(work), ...publicAddressSteps(work, addressKeys(adopting))],
    dropSteps,
    (work, { kept_closed }) => [
      { name: 'hosts enabled', run: () => enableHosts(work, kept_closed) },
    ],
    goneSteps,
  ],
}

/** Of addresses that are gone nothing is made anew. */
function addressKeys({ cloud }: Adopting): string[] {
  return cloud.filter(({ role }) => role === 'flexible-ip').map(({ key }) => key)
}

/**
 * The work of a state on a provision that is being taken over from the stock server: the states are those
 * of a new one. What is there gets our marks first, and only when all of it has them the ordinary steps
 * run, which find it and make the rest: they would make what they do not find.
 */
export async function adopt(state: string, work: Work, adopting: Adopting): Promise<void> {
  for (const phase of phases[state] ?? []) await runSteps(phase(work, adopting), work.tools)
}

/** Before what was not taken over whole is given back: whatever is there of it is ours to give. */
export async function claimAll(work: Work, adopting: Adopting): Promise<void> {
  const leaving = { leaving: true }
  const steps = [...claimSteps(work, adopting, leaving), ...markSteps(work, adopting, leaving)]
  await runSteps(steps, work.tools)
}
