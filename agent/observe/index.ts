export { type Monitor, type MonitorOptions, watchKernel } from './monitor.ts'
export { readHost, readNamespace, readNamespaces, readSysctls } from './stack.ts'
