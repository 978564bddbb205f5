export { Config, defaults, HostProfile, loadConfig } from './config.ts'
