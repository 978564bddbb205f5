import { join } from 'node:path'
import { runInSandbox } from '../../lab/sandbox/sandbox.ts'

// The tests proper are inside: packages are installed on a server that exists nowhere else.
const inside = join(import.meta.dirname, 'hypervisor.inside.ts')
const program = [process.execPath, ...process.execArgv, inside]
process.exitCode = (await runInSandbox({ program, name: 'hypervisor' })).code
