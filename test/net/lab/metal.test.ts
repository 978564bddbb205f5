import { join } from 'node:path'
import { runInSandbox } from '../../lab/sandbox/sandbox.ts'

// The tests proper are inside: their servers exist nowhere else.
const inside = join(import.meta.dirname, 'metal.inside.ts')
const program = [process.execPath, ...process.execArgv, inside]
process.exitCode = (await runInSandbox({ program, name: 'metal' })).code
