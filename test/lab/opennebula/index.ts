export type { Hypervisor, StartVm, VmNic } from './hypervisor.ts'
export {
  createOpenNebulaStandIn,
  type InstantiateVm,
  type StandIn,
  type StandInOptions,
} from './stand-in.ts'
