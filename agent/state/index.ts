export { type AgentConfig, readConfig } from './config.ts'
export type { AgentKey } from './key.ts'
export { type AgentState, openState, type StatePaths } from './state.ts'
