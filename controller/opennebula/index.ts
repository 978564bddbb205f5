export type * from './objects.ts'
export { hostStates, lcmState, networkStates, vmState } from './objects.ts'
export type * from './opennebula.ts'
