export { type Inventory, inventory } from './inventory.ts'
export { createReporter, type ReporterOptions } from './reporter.ts'
