export { answersByName, troubleOf } from './answers.ts'
export { atOnce, split } from './at-once.ts'
export {
  createExec,
  type Exec,
  type ExecFacts,
  type ExecOptions,
  type ExecSettings,
} from './exec.ts'
export { underLock } from './lock.ts'
export { fixedProgram, insideNamespace, namespacesAtOnce } from './namespace.ts'
export { perlProgram } from './perl.ts'
export { pythonProgram } from './python.ts'
