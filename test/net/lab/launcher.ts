// What a script of the lab does: launcher.ts run <program…>, or launcher.ts keep <state file> <program…>.
import { runKept } from '../../lab/sandbox/kept.ts'
import { runInSandbox } from '../../lab/sandbox/sandbox.ts'

const [how, ...words] = process.argv.slice(2)
if (how === 'run') process.exitCode = (await runInSandbox({ program: words })).code
else {
  const [stateFile = '', ...program] = words
  const result = await runKept({ program, stateFile })
  if ('code' in result) process.exitCode = result.code
  else console.log(`kept ${result.kept.name}`)
}
