export type { FrrOutcome, FrrPort, FrrStep, Step } from '../plan/index.ts'
export { createNetwork, type Network, type NetworkSettings, type Reconciled } from './network.ts'
