export { createLeaks, type LeaksParts } from './create-leaks.ts'
export { leakFaults } from './faults.ts'
export type { Leak, LeakReport, Leaks, Release } from './leaks.ts'
export { type LeakCode, leakCodes, type Unlooked } from './view.ts'
