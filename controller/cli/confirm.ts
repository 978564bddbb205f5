import { Declined, interrupted } from './failure.ts'

export interface Dialogue {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
}

/** Whether somebody sits there who can read a question and answer it. */
export function somebodyIsThere(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
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
