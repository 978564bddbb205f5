export type { Changes } from './changes.ts'
export { isClosed } from './closed-host.ts'
export { createLifecycle } from './create-lifecycle.ts'
export type { Ending } from './drive.ts'
export {
  createEvents,
  type Events,
  type Listener,
  type LogLevel,
  type ProvisionEvent,
  type StepEvent,
  type StepStatus,
} from './events.ts'
export { provisionFaults } from './faults.ts'
export { fleetFacts } from './fleet-facts.ts'
export { freeBlock } from './free-block.ts'
export { guestsOf } from './guests.ts'
export { type HostFacts, hostFacts } from './host-facts.ts'
export { type Inputs, inputValues, parseInputs } from './inputs.ts'
export type { Lifecycle } from './lifecycle.ts'
export { firstKeys } from './members.ts'
export { neighboursOf } from './neighbours.ts'
export type { Leavers } from './plan-changes.ts'
export type {
  FleetFacts,
  FleetHost,
  FleetPort,
  HostAccess,
  HostsPort,
  InstallTalk,
  KeysPort,
  Leftovers,
  Ports,
  SettleWait,
  Wait,
} from './ports.ts'
export { type ProvisionPlan, preflight } from './preflight.ts'
export { type Reserved, reservedRanges } from './reserved-ranges.ts'
export { findUnmanaged, type Unmanaged, vmsOnNetwork } from './unmanaged.ts'
export {
  connectionInputs,
  type Hypervisor,
  inputAliases,
  userInputs,
  userInputsFor,
} from './user-inputs.ts'
