export * from './bodies.ts'
export { type ControllerDocument, loadControllerDocument } from './controller-document.ts'
export { derive } from './derive.ts'
export {
  type Collection,
  createDocuments,
  type Document,
  type Documents,
  providerType,
  provisionType,
} from './documents.ts'
export { catalogue } from './faults.ts'
export { type StateName, stateName, states } from './states.ts'
export type { DocumentStore, Permissions, StoredDocument } from './store.ts'
