import type { StateName } from '../documents/index.ts'
import { adopt, claimAll } from './adopting.ts'
import { runSteps, type Step } from './engine.ts'
import { applyingSteps } from './steps/applying.ts'
import { configuringOneSteps } from './steps/configuring-one.ts'
import { configuringProvisionSteps } from './steps/configuring-provision.ts'
import { deprovision } from './steps/deprovisioning.ts'
import { deprovisioningOneSteps } from './steps/deprovisioning-one.ts'
import { givenUpSteps } from './steps/given-up-hosts.ts'
import { initialSteps } from './steps/initial.ts'
import { planningSteps } from './steps/planning.ts'
import { scalingSteps } from './steps/scaling.ts'
import type { Work, WorkBody } from './work.ts'

/** A state in which work is done: what it is, and which state follows when all of it succeeded. */
export interface Stage {
  run(work: Work): Promise<void>
  readonly next: StateName
  /** What of the document is done with then. */
  leave?(draft: WorkBody): void
}

/** The whole life of a provision, in OneForm's states. States that are missing here wait for somebody. */
export const stages: Readonly<Partial<Record<StateName, Stage>>> = {
  PENDING: { run: async () => {}, next: 'INIT' },
  INIT: graph(initialSteps, 'PLANNING'),
  PLANNING: orAdopt('PLANNING', graph(planningSteps, 'APPLYING')),
  APPLYING: orAdopt(
    'APPLYING',
    graph((work) => [...givenUpSteps(work), ...applyingSteps(work)], 'CONFIGURING_ONE'),
  ),
  CONFIGURING_ONE: orAdopt(
    'CONFIGURING_ONE',
    graph((work) => [...givenUpSteps(work), ...configuringOneSteps(work)], 'CONFIGURING_PROVISION'),
  ),
  CONFIGURING_PROVISION: {
    ...orAdopt('CONFIGURING_PROVISION', graph(configuringProvisionSteps, 'RUNNING')),
    leave: (draft) => {
      delete draft.adopting
    },
  },
  SCALING: {
    ...graph(scalingSteps, 'RUNNING'),
    leave: (draft) => {
      delete draft.scaling
    },
  },
  DEPROVISIONING_ONE: {
    run: async (work) => {
      if (work.body.adopting) await claimAll(work, work.body.adopting)
      await runSteps(deprovisioningOneSteps(work), work.tools)
    },
    next: 'DEPROVISIONING',
  },
  DEPROVISIONING: { run: deprovision, next: 'DONE' },
}

/** The state a failure of this one is shown as. */
export function failureOf(state: StateName): StateName {
  return state === 'PENDING' ? 'INIT_FAILURE' : (`${state}_FAILURE` as StateName)
}

/** The state whose work failed; undefined when the state is no failure that can be retried. */
export function retriedState(state: string): StateName | undefined {
  const working = state.replace(/_FAILURE$/, '') as StateName
  return state.endsWith('_FAILURE') && stages[working] ? working : undefined
}

/** Whether somebody works on it in this state, or will after a restart. */
export function isWorking(state: string): boolean {
  return stages[state as StateName] !== undefined
}

function graph(steps: (work: Work) => Step[], next: StateName): Stage {
  return { run: (work) => runSteps(steps(work), work.tools), next }
}

/** What is taken over from the stock server goes through the same states by other steps. */
function orAdopt(state: StateName, ordinary: Stage): Stage {
  return {
    ...ordinary,
    run: (work) => {
      const { adopting } = work.body
      return adopting ? adopt(state, work, adopting) : ordinary.run(work)
    },
  }
}
