import type { Diagnosis, Finding, Status } from '../../doctor/index.ts'
import { coloured } from '../colour.ts'

const marks: Readonly<
  Record<Status, { word: string; style: 'green' | 'red' | 'yellow' | 'gray' }>
> = {
  ok: { word: 'ok', style: 'green' },
  warning: { word: 'warning', style: 'yellow' },
  broken: { word: 'BROKEN', style: 'red' },
  skipped: { word: 'skipped', style: 'gray' },
}
const markWidth = 'skipped'.length

/** A line for each finding, what to do below it, and a sum. */
export function diagnosisLayout({ broken, warnings, checks }: Diagnosis): string {
  const width = Math.max(...checks.map((one) => nameOf(one).length))
  return [
    ...checks.flatMap((one) => linesOf(one, width)),
    '',
    `${checks.length} checks, ${broken} broken, ${warnings === 1 ? '1 warning' : `${warnings} warnings`}`,
  ].join('\n')
}

function linesOf(one: Finding, width: number): string[] {
  const { word, style } = marks[one.status]
  const mark = coloured(style, word.padEnd(markWidth))
  const line = `${mark}  ${nameOf(one).padEnd(width)}  ${printable(one.sentence)}`
  const below = ' '.repeat(markWidth + width + 4)
  return one.fix === null ? [line] : [line, `${below}→ ${printable(one.fix)}`]
}

function nameOf({ check, subject }: Finding): string {
  return printable(subject === null ? check : `${check} of ${subject}`)
}

/** Some of it comes from far: nothing there may move the cursor. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ')
}
