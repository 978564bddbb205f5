import type { Scaleway } from '../../lib/scaleway/index.ts'
import type { Document, ProvisionBody } from '../documents/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'
import { type HardwarePlan, planHardware } from '../scaleway/index.ts'
import { checkAddressRanges, neighbourWarnings } from './address-ranges.ts'
import type { Inputs } from './inputs.ts'
import { neighboursOf } from './neighbours.ts'

export interface PreflightPorts {
  readonly scaleway: Scaleway
  readonly one: { readonly networks: Pick<OpenNebula['networks'], 'list'> }
  readonly provisions: { list(): Promise<Document<ProvisionBody>[]> }
}

/** What a provision would be, in the cloud and in OpenNebula. */
export interface ProvisionPlan extends HardwarePlan {
  readonly zone: string
}

/** Somebody waits for the answer, so each call has this much patience; work under way has more. */
const patienceMs = 15_000

/**
 * Whether a provision with these inputs could be made now, asked before anything is created, the
 * document included, and what it would be. Throws one fault with all that is in the way.
 */
export async function preflight(ports: PreflightPorts, inputs: Inputs): Promise<ProvisionPlan> {
  const scaleway = ports.scaleway.within({ patienceMs })
  const [plan, provisions] = await Promise.all([
    planHardware(scaleway, inputs, (problems) =>
      problems.look('cidr_block', async () =>
        checkAddressRanges(await ports.one.networks.list(), inputs.cidr),
      ),
    ),
    ports.provisions.list(),
  ])
  const neighbours = neighbourWarnings(neighboursOf(provisions), inputs.cidr)
  return {
    ...plan,
    zone: scaleway.connection.zone,
    warnings: [...plan.warnings, ...neighbours],
  }
}
