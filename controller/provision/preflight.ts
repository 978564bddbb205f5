import type { Scaleway } from '../../lib/scaleway/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'
import { checkAccess, type HardwarePlan, planHardware } from '../scaleway/index.ts'
import { checkAddressRanges } from './address-ranges.ts'
import type { Inputs } from './inputs.ts'

export interface PreflightPorts {
  readonly scaleway: Scaleway
  readonly one: { readonly networks: Pick<OpenNebula['networks'], 'list'> }
}

/** Somebody waits for the answer, so each call has this much patience; work under way has more. */
const patienceMs = 15_000

/**
 * Whether a provision with these inputs could be made now, asked before anything is created, the
 * document included. Throws the first thing that is in the way.
 */
export async function preflight(ports: PreflightPorts, inputs: Inputs): Promise<HardwarePlan> {
  const scaleway = ports.scaleway.within({ patienceMs })
  const [plan] = await Promise.all([
    planHardware(scaleway, { ...inputs, alreadyOrdered: 0 }),
    checkAccess(scaleway),
    ports.one.networks.list().then((networks) => checkAddressRanges(networks, inputs.cidr)),
  ])
  return plan
}
