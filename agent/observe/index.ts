export { type Monitor, type MonitorOptions, watchKernel } from './monitor.ts'
export { isNoNamespace, readHost, readNamespace, readSysctls } from './stack.ts'
