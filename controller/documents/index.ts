export * from './bodies.ts'
export type { Census, Collection, Document } from './collection.ts'
export {
  type ControllerDocument,
  currentEpoch,
  loadControllerDocument,
} from './controller-document.ts'
export { derive } from './derive.ts'
export { createDocuments, type Documents } from './documents.ts'
export { createDriverStates, type DriverState, type DriverStates } from './driver-states.ts'
export { catalogue } from './faults.ts'
export { type StateName, stateName, states } from './states.ts'
export type { DocumentStore, Permissions, StoredDocument } from './store.ts'
