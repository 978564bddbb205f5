export { type AgentHub, type AgentHubOptions, createAgentHub } from './hub.ts'
export { type Listener, type ListenOptions, listen } from './listen.ts'
export { type RelayOptions, relay } from './relay.ts'
export { sshPeer } from './ssh-peer.ts'
