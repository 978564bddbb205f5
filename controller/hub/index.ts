export { createHub } from './create-hub.ts'
export type { Hub, HubOptions, SessionState, Wait } from './hub.ts'
