export { besideStock } from './beside.ts'
export { type Merge, mergeDocuments, mergeDrivers, mergeSync } from './merge.ts'
export { type Patience, type StockServer, stockServer } from './server.ts'
