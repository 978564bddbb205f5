import { openSync } from 'node:fs'
import { badRequest, Declined, interrupted } from './failure.ts'

export interface Dialogue {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
}

/** Whether somebody sits there who can answer a question; what is said may go to a file or through a pipe. */
export function somebodyIsThere(): boolean {
  return process.stdin.isTTY === true
}

/**
 * Talks with somebody who is there: on standard error, or on the terminal itself where that goes elsewhere
 * (`2>&1 | tee log`). Throws Declined where neither can be written to.
 */
export async function inPerson<T>(talk: (dialogue: Dialogue) => Promise<T>): Promise<T> {
  const { stdin: input, stderr } = process
  if (stderr.isTTY) return await talk({ input, output: stderr })
  const output = terminal()
  try {
    return await talk({ input, output })
  } finally {
    output.destroy()
  }
}

function terminal() {
  const { WriteStream } = process.getBuiltinModule('node:tty')
  try {
    return new WriteStream(openSync('/dev/tty', 'r+'))
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code
    throw new Declined(
      `Nobody can be asked: standard error goes elsewhere, and /dev/tty cannot be opened (${why}); --yes goes ahead`,
      badRequest,
    )
  }
}

/** Whether the answer is yes. Enter, anything else, and the end of the input are no. Throws Declined on Ctrl-C. */
export async function confirmed(question: string, { input, output }: Dialogue): Promise<boolean> {
  const { createInterface } = await import('node:readline')
  const reader = createInterface({ input, output })
  const answer = await new Promise<string>((resolve, reject) => {
    // the terminal sends no signal while readline reads its keys
    reader.on('SIGINT', () => reject(new Declined('Nothing was changed', interrupted)))
    reader.on('close', () => resolve(''))
    reader.question(`${question} [y/N] `, resolve)
  }).finally(() => reader.close())
  return /^y(es)?$/i.test(answer.trim())
}
