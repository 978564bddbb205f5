import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { badRequest, Failure, interrupted } from './failure.ts'

export interface Terminal {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  /** Whether keys arrive one by one, so that secrets can be kept from the screen. */
  readonly raw: boolean
}

export interface Lines {
  write(text: string): void
  /** The next line typed; not shown while it is typed when `hidden`. */
  question(text: string, hidden: boolean): Promise<string>
  close(): void
}

/** Keeps lines that come before they are asked for, so that typing ahead loses nothing. */
export function createLines({ input, output, raw }: Terminal): Lines {
  let hidden = false
  const screen = new Writable({
    write: (chunk, _encoding, done) => {
      if (!hidden) output.write(chunk)
      done()
    },
  })
  const reader = createInterface({ input, output: screen, terminal: raw })
  const typed: string[] = []
  let ended: Failure | undefined
  let wake = () => {}
  reader.on('line', (line) => {
    typed.push(line)
    wake()
  })
  reader.on('SIGINT', () => {
    ended = new Failure('Nothing was created', interrupted)
    wake()
  })
  reader.on('close', () => {
    ended ??= new Failure('The answers ended too early; nothing was created', badRequest)
    wake()
  })
  return {
    write: (text) => output.write(text),
    question: async (text, secret) => {
      const start = text.lastIndexOf('\n') + 1
      output.write(text.slice(0, start))
      // told to readline, so that editing the line draws the question again
      reader.setPrompt(text.slice(start))
      if (ended) output.write(reader.getPrompt())
      else reader.prompt()
      hidden = secret && raw
      while (typed.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      hidden = false
      const line = typed.shift()
      if (secret && raw) output.write('\n')
      if (line === undefined) throw ended ?? new Error('unreachable: woken without a line')
      return line
    },
    close: () => reader.close(),
  }
}
