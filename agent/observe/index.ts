export { type Monitor, type MonitorOptions, watchKernel } from './monitor.ts'
export {
  isNoNamespace,
  outputOf,
  readBeside,
  readHost,
  readNamespace,
  readSysctls,
} from './stack.ts'
