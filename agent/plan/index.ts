export type { FrrOutcome, FrrPort, FrrStep } from './frr-port.ts'
export { type Plan, plan, repairs, unmarked, wantedOf } from './plan.ts'
export type { LinkSetting, NetworkStep, NewLink, Step } from './step.ts'
export type { Wanted } from './wanted.ts'
