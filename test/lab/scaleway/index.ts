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
export { createIdleWorld } from './engine/serial-world.ts'
export type { Snapshot } from './engine/snapshot.ts'
export { createSimulator, type Simulator } from './simulator.ts'
export type { Door, DoorCall, Passage } from './transport/door.ts'
export type { GatewayAttachment, NicAttachment, ServerInstallation, World } from './world.ts'
