export { type FrrFacts, frrFacts, frrVersion } from './facts.ts'
export { createFrr, type FrrOptions } from './frr.ts'
export { proveConfig } from './prove.ts'
export { openVty, type Vty } from './vty.ts'
