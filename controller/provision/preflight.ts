import type { Scaleway } from '../../lib/scaleway/index.ts'
import { checkAccess, type HardwarePlan, planHardware } from '../scaleway/index.ts'
import type { Inputs } from './inputs.ts'

/**
 * Whether a provision with these inputs could be made now, asked of the cloud before anything is
 * created, the document included. Throws the first thing that is in the way.
 */
export async function preflight(scaleway: Scaleway, inputs: Inputs): Promise<HardwarePlan> {
  await checkAccess(scaleway)
  return await planHardware(scaleway, { ...inputs, alreadyOrdered: 0 })
}
