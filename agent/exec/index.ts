export { atOnce, split } from './at-once.ts'
export {
  createExec,
  type Exec,
  type ExecFacts,
  type ExecOptions,
  type ExecSettings,
} from './exec.ts'
export { underLock } from './lock.ts'
export { fixedProgram, insideNamespace, namespacesAtOnce, throughPipe } from './namespace.ts'
export { answersByName, perlProgram, troubleOf } from './perl.ts'
