import type { InputSpec } from '../documents/index.ts'
import type { Values } from './inputs.ts'
import { createLines, type Lines, type Terminal } from './lines.ts'

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
