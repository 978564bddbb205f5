export { type AgentHub, type AgentHubOptions, createAgentHub } from './hub.ts'
export { type Listener, type ListenOptions, listen } from './listen.ts'
export { relay } from './relay.ts'
