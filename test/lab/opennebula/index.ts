export type { Host } from './cloud.ts'
export type { StandInOptions } from './create-cloud.ts'
export type { OnedCall, OnedDoor, OnedPassage } from './door.ts'
export { Elastic, type ElasticCall } from './elastic.ts'
export type { Hypervisor, StartVm, VmNic } from './hypervisor.ts'
export type { Snapshot } from './snapshot.ts'
export {
  createOpenNebulaStandIn,
  type InstantiateVm,
  type StandIn,
} from './stand-in.ts'
