export { type Inventory, inventory } from './inventory.ts'
export { createReporter, type Reporter, type ReporterOptions } from './reporter.ts'
