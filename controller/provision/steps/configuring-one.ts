import type { Step } from '../engine.ts'
import type { Work } from '../work.ts'
import { clusterStep } from './cluster.ts'
import { datastoreSteps } from './datastores.ts'
import { hostSteps } from './hosts.ts'
import { networkTemplateStep } from './network-template.ts'
import type { Placed } from './placed.ts'
import { virtualNetworkSteps } from './virtual-networks.ts'

/** CONFIGURING_ONE: everything the provision is in OpenNebula. */
export function configuringOneSteps(work: Work): Step[] {
  const placed: Placed = {}
  return [
    clusterStep(work, placed),
    ...datastoreSteps(work, placed),
    ...virtualNetworkSteps(work, placed),
    networkTemplateStep(work, placed),
    ...hostSteps(work, placed),
  ]
}
