import type { ControllerAnswer, DriverName } from '../../../../ipam/wire/index.ts'
import { messages, registeredRange, released } from '../messages.ts'
import { type Chance, createChance } from './chance.ts'
import { laughs, oddNames, oddTexts, oddValues } from './odd.ts'
import { changeTree, copyOf, treeOf, xmlOf } from './tree.ts'

/** A call of a driver as nobody should make it. */
export interface Case {
  readonly driver: DriverName
  readonly argv: readonly string[]
  readonly input: string
  readonly answer: ControllerAnswer
}

const network = '<VNET><ID>12</ID><NAME><![CDATA[pub]]></NAME><VN_MAD>elastic</VN_MAD></VNET>'
// Registers and unregisters cost most when they go wrong, and few were recorded.
const dear = messages.filter(({ driver }) => driver.includes('register'))
const originals = [
  ...[...messages, ...dear, ...dear, ...dear, ...dear],
  { driver: 'vnet_create' as const, xml: network },
  { driver: 'vnet_delete' as const, xml: network },
].map(({ driver, xml }) => ({ driver, tree: treeOf(xml) }))
const names = originals.map(({ driver }) => driver)

/** The case of this number: a recorded call with one to four things changed. */
export function mutated(seed: number, number: number): Case {
  const chance = createChance(seed, number)
  const original = originals[number % originals.length] ?? originals[0]
  if (!original) throw new Error('nothing is recorded')
  const tree = copyOf(original.tree)
  let text: string | undefined
  let input: string | undefined
  let argv = ['7']
  let answer: ControllerAnswer = wholeAnswer(original.driver)
  const driver = chance.once(20) ? (chance.any(names) ?? original.driver) : original.driver
  const asks = driver.includes('register')
  for (let left = 1 + chance.below(4); left > 0; left--) {
    const kind = chance.below(asks ? 14 : 10)
    if (kind < 5) changeTree(tree, chance)
    else if (kind < 8) text = changeText(text ?? xmlOf(tree), chance)
    else if (kind === 8) input = changeInput(input ?? encoded(text ?? xmlOf(tree)), chance)
    else if (kind === 9) argv = chance.once(3) ? changedArguments(chance) : argv
    else answer = changeAnswer(answer, chance)
  }
  return { driver, argv, input: input ?? encoded(text ?? xmlOf(tree)), answer }
}

function wholeAnswer(driver: DriverName): ControllerAnswer {
  const body = driver === 'register_address_range' ? registeredRange : released
  return { status: 200, text: JSON.stringify(body) }
}

const encoded = (text: string) => Buffer.from(text).toString('base64')

function changeText(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1)
  const cut = chance.once(2) ? 0 : chance.below(40)
  const odd = chance.of(oddTexts as unknown as [string])
  switch (chance.below(9)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(at)
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + cut)
    case 3:
      return text.slice(0, at) + text.slice(at, at + cut).repeat(2) + text.slice(at + cut)
    case 4:
      return chance.once(50) ? text.slice(0, at) + 'y'.repeat(200_000) + text.slice(at) : text
    case 5:
      return chance.once(4) ? laughs + text.replace(/\d+/, '&l9;') : text + text
    case 6:
      return text.replace(chance.of(['<![CDATA[', ']]>', '<', '>', '/']), odd)
    default:
      return text.slice(0, at) + odd + text.slice(at + cut)
  }
}

function changeInput(input: string, chance: Chance): string {
  const at = chance.below(input.length + 1)
  switch (chance.below(13)) {
    case 0:
      return input.slice(0, at)
    case 1:
      return `${input}${chance.of(['=', '==', '===', '\n', '\r\n', '\n\n', '\0', ' '])}`
    case 2:
      return input.replace(/.{76}/g, '$&\n')
    case 3:
      return input.replaceAll('+', '-').replaceAll('/', '_')
    case 4:
      return input.slice(0, at) + chance.of(['!', ' ', '\n', '=', 'é', '-', 'A']) + input.slice(at)
    case 5:
      return encoded(input)
    case 6:
      return Buffer.from(input, 'base64').toString('latin1')
    case 7:
      return Buffer.from(Buffer.from(input, 'base64').toString('utf8'), 'utf16le').toString(
        'base64',
      )
    case 8:
      return Buffer.concat([Buffer.from(input, 'base64'), Buffer.from([0xff, 0xc0])]).toString(
        'base64',
      )
    case 9:
      return Buffer.concat([
        Buffer.from([0xef, 0xbb, 0xbf]),
        Buffer.from(input, 'base64'),
      ]).toString('base64')
    case 10:
      return input.replace(/=+$/, '')
    case 11:
      return `${input}\n${input}`
    default:
      return chance.once(3) ? '' : input.slice(at) + input.slice(0, at)
  }
}

function changedArguments(chance: Chance): string[] {
  const odd = () => chance.of(oddValues as unknown as [string])
  return chance.of([[], ['7', '8'], ['-1'], [''], ['7\n'], ['٧'], ['9'.repeat(500)], [odd()]])
}

/** A member of the answer, of its range or of the range's place, or its text or status. */
function changeAnswer({ status, text }: ControllerAnswer, chance: Chance): ControllerAnswer {
  const kind = chance.below(10)
  if (kind === 0) return { status, text: text.slice(0, chance.below(text.length + 1)) }
  if (kind === 1)
    return { status: chance.of([0, 100, 199, 204, 299, 302, 400, 409, 500, 999]), text }
  if (kind === 2) return { status, text: chance.of(['', 'null', '[]', '7', '""', '<html>', '{}']) }
  const value = chance.of<unknown>([...oddValues, null, 7, true, {}, [], ['x'], { IP: '1.2.3.4' }])
  const name = chance.of(oddNames as unknown as [string])
  if (kind === 3) {
    const message = chance.once(2) ? value : `${chance.of(oddValues as unknown as [string])} said`
    return { status: 409, text: JSON.stringify({ code: 'X', message, calls: [] }) }
  }
  const body = parsed(text)
  const range = (body?.['range'] ?? body) as Record<string, unknown> | undefined
  if (!body || typeof range !== 'object' || range === null) return { status, text }
  const known = chance.any(Object.keys(range)) ?? name
  if (kind === 4) delete range[known]
  else if (kind === 5) range[name] = value
  else if (kind === 6) body['range'] = value
  else range[known] = value
  return { status, text: JSON.stringify(body) }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
