export { type AgentConfig, readConfig } from './config.ts'
export type { AgentKey } from './key.ts'
export { type LastGood, readLastGood } from './last-good.ts'
export { type AgentState, openState, type StatePaths } from './state.ts'
