import { sentenceOf } from '../lib/fault/index.ts'
import { command } from './cli.ts'

command({ argv: process.argv.slice(2), notifySocket: process.env['NOTIFY_SOCKET'] }).then(
  // relay's stdin would keep the process alive after its work is done.
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${sentenceOf(error)}\n`)
    process.exit(1)
  },
)
