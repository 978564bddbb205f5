export {
  createExec,
  type Exec,
  type ExecFacts,
  type ExecOptions,
  type ExecSettings,
} from './exec.ts'
export { underLock } from './lock.ts'
export { fixedProgram, insideNamespace } from './namespace.ts'
