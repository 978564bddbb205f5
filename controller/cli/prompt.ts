import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import type { InputSpec } from '../documents/index.ts'
import { badRequest, Failure, interrupted } from './failure.ts'
import type { Values } from './inputs.ts'

export interface Terminal {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  /** Whether keys arrive one by one, so that secrets can be kept from the screen. */
  readonly raw: boolean
}

/** The documentation shows this one by its default and other numbers by their range. */
const shownByDefault = new Set(['oneform_hosts'])

/**
 * Asks for each input as the documentation shows it: lists by number, Enter for the default, again
 * when an answer cannot be. Inputs that depend on another see its answer in `known`.
 */
export async function ask(
  specs: readonly InputSpec[],
  known: Values,
  terminal: Terminal,
): Promise<Values> {
  const lines = createLines(terminal)
  const answers: Values = {}
  try {
    lines.write('There are some parameters that require user input.\n')
    for (const spec of specs) {
      const choices = choicesOf(spec, { ...known, ...answers })
      lines.write(`  * (${spec.name}) ${spec.description} [type: ${typeOf(spec, choices)}]\n`)
      answers[spec.name] = await answer(spec, choices, lines)
    }
    lines.write('\n')
    return answers
  } finally {
    lines.close()
  }
}

type Choices = readonly string[] | undefined

async function answer(spec: InputSpec, choices: Choices, lines: Lines): Promise<unknown> {
  const standard = choices && !choices.includes(String(spec.default)) ? choices[0] : spec.default
  while (true) {
    const text = (await lines.question(question(choices, standard), spec.sensitive === true)).trim()
    const value = text === '' ? standard : chosen(text, spec, choices)
    const problem = problemOf(value, spec, choices)
    if (problem === undefined) return value
    lines.write(`    ${problem}\n`)
  }
}

function question(choices: Choices, standard: unknown): string {
  if (!choices || choices.length < 2) return '    > '
  const offered = choices.map((choice, number) => `    ${number}: ${choice}\n`).join('')
  const enter = `Press enter for default (${standard}). Please type the selection number: `
  return `${offered}\n    ${enter}`
}

function chosen(text: string, { type }: InputSpec, choices: Choices): unknown {
  if (choices)
    return choices.includes(text) ? text : choices[/^\d+$/.test(text) ? Number(text) : -1]
  return type === 'number' && /^-?\d+$/.test(text) ? Number(text) : text
}

function problemOf(value: unknown, { type, match, mandatory }: InputSpec, choices: Choices) {
  if (choices) {
    return value === undefined ? `Type a number from 0 to ${choices.length - 1}.` : undefined
  }
  if (value === undefined) return mandatory || type === 'number' ? 'A value is needed.' : undefined
  if (type !== 'number') return undefined
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = match?.type === 'number' ? match.values : {}
  if (typeof value === 'number' && value >= min && value <= max) return undefined
  return `Type a whole number from ${min} to ${max}.`
}

function choicesOf({ match }: InputSpec, known: Values): Choices {
  if (match?.type === 'list') return match.values
  if (match?.type === 'map') return match.values[String(known[match.grouped_by])] ?? []
  return undefined
}

function typeOf({ name, type, match, default: standard }: InputSpec, choices: Choices): string {
  if (choices) return `list: ${choices.join(', ')}`
  if (match?.type === 'number' && !shownByDefault.has(name)) {
    const { min, max } = match.values
    return [
      type,
      ...(min === undefined ? [] : [`min: ${min}`]),
      ...(max === undefined ? [] : [`max: ${max}`]),
    ].join(', ')
  }
  return standard === undefined ? type : `${type}, default: ${standard}`
}

interface Lines {
  write(text: string): void
  /** The next line typed; not shown while it is typed when `hidden`. */
  question(text: string, hidden: boolean): Promise<string>
  close(): void
}

/** Keeps lines that come before they are asked for, so that typing ahead loses nothing. */
function createLines({ input, output, raw }: Terminal): Lines {
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
