export { type Catalogue, type FaultEntry, faultsOf } from './catalogue.ts'
export {
  Fault,
  type FaultDetails,
  type FaultKind,
  reportOf,
  saidIn,
  sentenceOf,
} from './fault.ts'
