// scripts/demo, once set-up is done: keeps the demo inside a disposable sandbox.
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { runKept } from '../sandbox/kept.ts'
import { enterKept, readKept, stopKept } from '../sandbox/kept-state.ts'
import { missingForLab } from '../sandbox/missing.ts'
import { runInSandbox } from '../sandbox/sandbox.ts'

const stateFile = resolve(import.meta.dirname, '../../../.lab/demo.json')
const inside = join(import.meta.dirname, 'inside.ts')

/** Inside, /run is the lab's own; its environment file says how edgectl finds the lab. */
const entrance = `
. /run/lab/env
cd "$1" 2>/dev/null
shift
[ $# -eq 0 ] || exec "$@"
echo "$LAB_HINT"
exec bash --norc -i
`

process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  const [first, ...rest] = argv
  if (first === '--enter') return await enter(rest)
  if (first === '--stop') return await stop()
  const flags = flagsOf(argv)
  if (flags === undefined) return 2
  const missing = await missingForLab()
  if (missing.length > 0) {
    console.error('The lab cannot run here. It needs:')
    for (const what of missing) console.error(`  - ${what}`)
    return 2
  }
  const program = [process.execPath, inside, ...argv]
  if (!flags.keep) return (await runInSandbox({ program, name: 'demo' })).code
  if (await readKept(stateFile)) {
    console.error('A kept lab is up already. Look around with: scripts/demo --enter')
    console.error('Give it back with: scripts/demo --stop')
    return 2
  }
  const { columns } = flags.json ? process.stderr : process.stdout
  const env = columns === undefined ? process.env : { ...process.env, COLUMNS: `${columns}` }
  const ended = await runKept({ program, name: 'demo', stateFile, env })
  if ('code' in ended) return ended.code
  return 0
}

function flagsOf(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: { json: { type: 'boolean' }, keep: { type: 'boolean' } },
    }).values
  } catch (error) {
    console.error(`${(error as Error).message}\nSee scripts/demo --help`)
    return undefined
  }
}

async function enter(command: readonly string[]): Promise<number> {
  const kept = await readKept(stateFile)
  if (!kept) {
    console.error('No lab is up. Start one with: scripts/demo --keep')
    return 2
  }
  const program = ['bash', '-c', entrance, 'enter', process.cwd(), ...command]
  const [file = '', ...args] = enterKept(kept, program)
  const { status, error } = spawnSync(file, args, { stdio: 'inherit' })
  if (error) console.error(error.message)
  return status ?? 1
}

async function stop(): Promise<number> {
  if (!(await readKept(stateFile))) {
    console.error('No lab is up.')
    return 0
  }
  await stopKept(stateFile)
  console.error('The lab is gone: servers, networks, processes.')
  return 0
}
