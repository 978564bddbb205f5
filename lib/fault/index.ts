export { type Catalogue, type FaultEntry, faultsOf } from './catalogue.ts'
export { Fault, type FaultDetails, type FaultKind, sentenceOf } from './fault.ts'
