export {
  createExec,
  type Exec,
  type ExecFacts,
  type ExecOptions,
  type ExecSettings,
} from './exec.ts'
export { underLock } from './lock.ts'
export { fixedProgram, insideNamespace, throughPipe } from './namespace.ts'
