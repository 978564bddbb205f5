import { scrub } from '../../lib/log/secrets.ts'
import { isSecret, mask, withoutSecrets } from '../wire/secrets.ts'
import { type Run, saidBy, type Talk } from './run.ts'
import type { RunLine } from './run-line.ts'

/** Longer texts are cut: no run of oned comes near, and a log is not for the others. */
const longestText = 64 << 10

/** A run as it is logged: one line of JSON, without secrets. */
export function lineOf(run: Run): string {
  return JSON.stringify(withoutSecretsIn(entryOf(run)))
}

function entryOf({ driver, argv, input, outcome, code, talk, ms, at }: Run): RunLine {
  const { exitCode, answer, said } = saidBy(outcome)
  const document = documentIn(input)
  const cut = [input, outcome.stdout, talk?.text ?? '', ...argv].some(
    (text) => text.length > longestText,
  )
  return {
    at: new Date(at).toISOString(),
    driver,
    argv: argv.map(short),
    exitCode,
    ms: Math.round(ms),
    ...(code === undefined ? {} : { code }),
    ...(said === undefined ? {} : { said }),
    answer: short(answer),
    ...(document === undefined ? inputOf(input) : { document: short(document) }),
    ...(talk === undefined ? {} : { controller: talkOf(talk) }),
    ...(cut ? { cut } : {}),
  }
}

/** The decoded document, when it is certain that encoding it gives the input again. */
function documentIn(input: string): string | undefined {
  const line = input.replace(/\r?\n$/, '')
  const bytes = Buffer.from(line, 'base64')
  const text = bytes.toString('utf8')
  return bytes.toString('base64') === line && Buffer.from(text).equals(bytes) ? text : undefined
}

/** What is no whole document may hold half of one, and with it a secret nobody can find. */
function inputOf(input: string): { input: string } | { cut: true } {
  const half = Buffer.from(input, 'base64').toString('utf8')
  return withoutSecrets(half) === half && withoutSecrets(input) === input
    ? { input: short(input) }
    : { cut: true }
}

function talkOf({ path, ms, status, text, failure }: Talk): NonNullable<RunLine['controller']> {
  return {
    path,
    ms: Math.round(ms),
    ...(status === undefined ? {} : { status }),
    ...(failure === undefined ? {} : { failure }),
    ...(text === undefined ? {} : answerOf(text)),
  }
}

function answerOf(text: string): { answer: unknown } | { text: string } {
  try {
    if (text.length <= longestText) return { answer: JSON.parse(text) as unknown }
  } catch {
    // told as it came
  }
  return { text: short(text) }
}

function withoutSecretsIn(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return isSecret(name) ? mask : scrub(withoutSecrets(value))
  if (Array.isArray(value)) return value.map((one) => withoutSecretsIn(one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withoutSecretsIn(member, key)]),
  )
}

function short(text: string): string {
  return text.slice(0, longestText)
}
