export type { FrrOutcome, FrrPort, FrrStep, Observed, Step } from '../plan/index.ts'
export { createNetwork, type Network, type NetworkSettings, type Reconciled } from './network.ts'
