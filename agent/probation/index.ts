export { nextHop, reachOf } from './gateway.ts'
export { createGuard, type Guard, type GuardOptions } from './guard.ts'
