export { Config, HostProfile } from './config.ts'
export { defaults } from './defaults.ts'
export { loadConfig } from './load-config.ts'
