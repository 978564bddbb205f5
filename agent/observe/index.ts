export { type Glance, glanceAtAll, glanceInside, type HostPart, hostParts } from './glance.ts'
export { withMasters } from './masters.ts'
export { type Monitor, type MonitorOptions, watchKernel } from './monitor.ts'
export { readBeside, readHost, readSysctls } from './read-host.ts'
export {
  type AskedNamespace,
  isNoNamespace,
  readNamespace,
  readNamespaces,
} from './read-namespaces.ts'
export { outputOf } from './reading.ts'
