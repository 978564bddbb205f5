export type { LightHost } from './host.ts'
export {
  createLightHosts,
  type LightHosts,
  type LightHostsOptions,
  type LightSnapshot,
} from './hosts.ts'
