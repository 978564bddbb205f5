export {
  createExec,
  type Exec,
  type ExecFacts,
  type ExecOptions,
  type ExecSettings,
} from './exec.ts'
export { insideNamespace } from './namespace.ts'
