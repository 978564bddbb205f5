import { Fault, sentenceOf } from '../lib/fault/index.ts'
import { command } from './cli.ts'

const { NOTIFY_SOCKET: notifySocket, NO_COLOR: noColour } = process.env
const colour = process.stdout.isTTY === true && !noColour

command({ argv: process.argv.slice(2), notifySocket, colour }).then(
  // relay's stdin would keep the process alive after its work is done.
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${sentenceOf(error)}\n`)
    process.exit(error instanceof Fault && isForTheCaller(error) ? 2 : 1)
  },
)

/** What the caller can put right by asking for something else; the others may work the next time. */
function isForTheCaller({ kind }: Fault): boolean {
  return kind === 'invalid' || kind === 'denied' || kind === 'missing' || kind === 'conflict'
}
