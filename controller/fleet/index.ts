export { defaultPools, type Pools, type ProvisionFacts, type ServerFacts } from './facts.ts'
export type { Fleet, FleetOptions, SettleWait } from './fleet.ts'
export { createMoves, type Moves } from './moves.ts'
export { type Owner, owner } from './owner.ts'
