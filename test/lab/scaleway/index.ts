export type { FaultRequest } from './admin/orders.ts'
export {
  type ApiKeySeed,
  foreignProject,
  type SimulatorOptions,
  type Switches,
  simulatedKey,
  simulatedOrganization,
  simulatedProject,
} from './engine/config.ts'
export type { Note, RequestRecord } from './engine/journal.ts'
export type { Door, DoorCall, Passage } from './engine/passage.ts'
export type { Snapshot } from './engine/saved.ts'
export { createIdleWorld } from './engine/serial-world.ts'
export { createSimulator, type Simulator } from './simulator.ts'
export type { GatewayAttachment, NicAttachment, ServerInstallation, World } from './world.ts'
