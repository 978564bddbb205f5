import { Fault, sentenceOf } from '../../lib/fault/index.ts'
import type { Driver, DriverCall, Outcome } from './driver.ts'

const longestSentence = 1000

export interface Performed {
  readonly outcome: Outcome
  /** What was thrown, when it failed. */
  readonly error?: unknown
}

/**
 * One run without its process: the answer, whole and alone, and exit code 0; or no answer, the reason
 * and exit code 1. The reason is written twice: OpenNebula moves lines that begin with `ERROR:` to
 * oned.log and shows the user only the others.
 */
export async function perform(name: string, driver: Driver, call: DriverCall): Promise<Performed> {
  try {
    const { text, warning } = await driver(call)
    const stderr = warning === undefined ? '' : `WARN: ${name}: ${oneLine(warning)}\n`
    return { outcome: { exitCode: 0, stdout: text, stderr } }
  } catch (error) {
    return failed(name, error)
  }
}

export function failed(name: string, error: unknown): Performed {
  const reason = oneLine(reasonOf(error))
  const stderr = `ERROR: ${name}: ${reason}\n${reason}\n`
  return { outcome: { exitCode: 1, stdout: '', stderr }, error }
}

/** A Fault says what to do; anything else is a defect of ours, and named as one. */
function reasonOf(error: unknown): string {
  const sentence = sentenceOf(error)
  return error instanceof Fault ? sentence : `The driver has a defect: ${sentence}`
}

/** Texts of users and other programs stand in it; oned's log has lines, and takes words like ERROR: for its own. */
function oneLine(sentence: string): string {
  const line = sentence
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .replace(/^(?:(?:ERROR|WARN|WARNING|INFO|DEBUG):\s*)+/, '')
  if (line === '') return 'It failed without a reason'
  return line.length > longestSentence ? `${line.slice(0, longestSentence).toWellFormed()}…` : line
}
