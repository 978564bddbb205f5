import { type CheckName, type Diagnosis, diagnose, finding, skipped } from '../../doctor/index.ts'
import { examineFrontEnd } from './examine-front-end.ts'
import type { Places } from './site.ts'

/** What is asked of programs that run, none of which are a stage's. */
const running = [
  ...['oned', 'one_auth', 'port', 'transport', 'controller', 'login'],
  'oned of the controller',
] as const satisfies readonly CheckName[]

/** A front-end that is staged in a directory: its files, and nothing of the machine around them. */
export async function examineStage(places: Places, own: string): Promise<Diagnosis> {
  const { findings } = await examineFrontEnd(places, own)
  const why = `not looked at: nothing of ${places.stage} runs`
  const others = running.map((check) => finding(check, skipped(why)))
  return diagnose([...findings, ...others], { sameMachine: false })
}
