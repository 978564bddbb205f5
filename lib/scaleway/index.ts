export { type CloudCall, notingCalls } from './calls.ts'
export {
  checkedConnection,
  metalZones,
  regionOf,
  type ScalewayConnection,
} from './connection.ts'
export { ensure, mayHaveBeenDone, type Wanted } from './ensure.ts'
export { cloudFault, scalewayFaults } from './faults.ts'
export { createGate, type Gate, type GateLimits } from './gate.ts'
export { gone, isGone, isGoneOrDenied, scalewayFault } from './gone.ts'
export { allPages } from './pages.ts'
export { type CallLimits, createScaleway, type Scaleway, type ScalewayTools } from './scaleway.ts'
export { carries, type Identity, type Role, tagsFor, tagValue, wantedTags } from './tags.ts'
