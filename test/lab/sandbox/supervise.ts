// Keeps one sandbox: supervise.ts <state file> <name> <program…>, started by `runKept`.
// fd 3: orders of the launcher, one a line; its end before RELEASE ends the sandbox.
// fd 4: "ready" once the state file is there; closed when the launcher may leave.
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { Kept } from './kept-state.ts'
import { passSignals, startSandbox } from './sandbox.ts'

const [stateFile = '', name = '', ...program] = process.argv.slice(2)
const sandbox = await startSandbox({ program, name, stdio: ['ignore', 'pipe', 'pipe'] })
const kept: Kept = {
  name: sandbox.name,
  pid: sandbox.pid,
  supervisor: process.pid,
  log: `${stateFile}.log`,
}
let released = false

for (const out of [process.stdout, process.stderr]) out.on('error', () => {})
sandbox.stdout?.pipe(process.stdout)
sandbox.stderr?.pipe(process.stderr)
passSignals(sandbox)

const news = createWriteStream('', { fd: 4 })
void sandbox.ready.then(() => {
  mkdirSync(dirname(stateFile), { recursive: true })
  writeFileSync(stateFile, JSON.stringify(kept))
  news.write('ready\n')
})

// A socket, not a file: a file's pending read keeps process.exit from ever returning.
createInterface({ input: new Socket({ fd: 3 }) })
  .on('line', (order) => {
    if (order === 'RELEASE') release()
    else if (order === 'KILL') sandbox.kill()
    else if (order === 'INT' || order === 'TERM') sandbox.signal(order)
  })
  .on('close', () => {
    if (!released) sandbox.kill()
  })

const { code } = await sandbox.ended
rmSync(stateFile, { force: true })
process.exit(code)

/** The launcher leaves, and with it whoever reads our output. */
function release(): void {
  released = true
  const log = createWriteStream(kept.log)
  sandbox.stdout?.unpipe(process.stdout).pipe(log)
  sandbox.stderr?.unpipe(process.stderr).pipe(log)
  news.end()
}
