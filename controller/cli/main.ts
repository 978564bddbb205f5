import { basename } from 'node:path'
import { endBySignal } from './end-by-signal.ts'
import { run } from './index.ts'

const [, file = ''] = process.argv
endBySignal()
// not awaited at the top level: oclif imports this module again, and it must have ended by then
void run(process.argv.slice(2), process.env['EDGECTL_VERSION'] ?? '0.1.0', basename(file))

export { CHOSEN } from './index.ts'
