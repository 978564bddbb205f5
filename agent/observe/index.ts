export { type Monitor, type MonitorOptions, watchKernel } from './monitor.ts'
export { readHost, readNamespace, readSysctls } from './stack.ts'
