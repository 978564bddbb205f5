export { bridgeTable, deafTable } from './bridge-tables.ts'
export { hostTable, hostTable6 } from './host-table.ts'
export { privateRouterTable, publicRouterTable } from './router-tables.ts'
export {
  isOurTable,
  type NftTable,
  renderRemoval,
  renderTables,
  shapeOf,
  versionChain,
} from './table.ts'
