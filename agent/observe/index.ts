export { type Monitor, type MonitorOptions, watchKernel } from './monitor.ts'
export { isNoNamespace, readBeside, readHost, readNamespace, readSysctls } from './stack.ts'
