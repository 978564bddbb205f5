export { createFlexibleIps, defaultPool } from './create-flexible-ips.ts'
export { addressFault, addressFaults } from './faults.ts'
export type * from './flexible-ips.ts'
