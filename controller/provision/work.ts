import { Fault, saidIn } from '../../lib/fault/index.ts'
import type { Identity } from '../../lib/scaleway/index.ts'
import type { Document, OneObjects, ProvisionBody } from '../documents/index.ts'
import { states, withHistory } from '../documents/index.ts'
import type { Hardware } from '../scaleway/index.ts'
import type { EngineTools } from './engine.ts'
import { fault } from './faults.ts'
import { type Inputs, parseInputs } from './inputs.ts'
import type { Ports } from './ports.ts'
import { userInputsFor } from './user-inputs.ts'

/** Whether an undeploy was forced must survive a restart of the controller. */
export type WorkBody = ProvisionBody & { forced?: boolean }

/** Everything the steps of one provision work with; made anew for each state's work. */
export interface Work {
  readonly id: number
  /** As it was when the state's work began. */
  readonly body: WorkBody
  /** Of the document, and so of what is made in OpenNebula. */
  readonly owner: Document<ProvisionBody>['owner']
  readonly inputs: Inputs
  readonly identity: Identity
  readonly ports: Ports
  readonly hardware: Hardware
  readonly tools: EngineTools
  log(level: 'info' | 'warn' | 'error', text: string): void
  /** Adds a line to the document's history, once: what is there already is not repeated. */
  record(action: string, description: string): Promise<void>
  updateObjects(change: (objects: OneObjects) => void): Promise<void>
  /** Changes the document; `body` here stays as it was. */
  updateBody(change: (draft: WorkBody) => void): Promise<void>
}

export interface WorkRequest {
  readonly id: number
  readonly ports: Ports
  readonly tools: EngineTools
}

export async function startWork({ id, ports, tools }: WorkRequest): Promise<Work> {
  const { body, owner }: Document<WorkBody> = await ports.provisions.get(id)
  const provider = await ports.providers.get(body.provider_id).catch((error: unknown) => {
    if (!(error instanceof Fault) || error.kind !== 'missing') throw error
    const message = `Provider ${body.provider_id} of provision ${id} is gone`
    throw fault('EDGE_PROVIDER_LOST', message, { ...saidIn(error), cause: error })
  })
  const inputs = inputsOf(body, ports.hosts)
  const identity: Identity = {
    cloud: ports.cloud,
    provision: body.uuid,
    provisionId: id,
    userTags: inputs.tags,
  }
  const { now } = ports.clock
  return {
    id,
    body,
    owner,
    inputs,
    identity,
    ports,
    tools,
    hardware: ports.hardware(provider.body.connection, identity, tools.signal),
    log: (level, text) => tools.emit({ kind: 'log', level, text }),
    record: async (action, description) => {
      await ports.provisions.update(id, (draft) => {
        const known = draft.historic.some(
          (entry) => entry.action === action && entry.description === description,
        )
        if (!known) draft.historic = withHistory(draft.historic, action, description, now())
        return undefined
      })
    },
    updateObjects: async (change) => {
      await ports.provisions.update(id, (draft) => {
        change(draft.one_objects)
        return undefined
      })
    },
    updateBody: async (change) => {
      await ports.provisions.update(id, (draft) => {
        change(draft)
        return undefined
      })
    },
  }
}

/** What was never valid must still be possible to take back: by the tags, whatever was asked for. */
function inputsOf({ state, user_inputs_values }: WorkBody, { hypervisor }: Ports['hosts']): Inputs {
  const specs = userInputsFor(hypervisor)
  const leaving = state === states.DEPROVISIONING_ONE || state === states.DEPROVISIONING
  // What was made before one could choose has no bastion; a change of hosts opens none by the way.
  const bastionless =
    state === states.SCALING && user_inputs_values['gateway_bastion'] === undefined
  try {
    const inputs = parseInputs(user_inputs_values, specs)
    return bastionless ? { ...inputs, bastion: false } : inputs
  } catch (error) {
    if (leaving) return parseInputs({})
    throw error
  }
}
