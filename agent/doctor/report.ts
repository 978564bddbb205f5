import { styleText } from 'node:util'
import type { Seen, Verdict } from './hop.ts'
import type { Walk } from './walks.ts'
import { printable } from './words.ts'

/** What the doctor found, for people and programs. */
export interface Report {
  readonly agent: Seen
  readonly walks: readonly Walk[]
  /** The first hop at which packets stop; null when they do at none. */
  readonly first: (Seen & { readonly walk: string }) | null
}

export function reportOf(agent: Seen, walks: readonly Walk[]): Report {
  const broken = walks.flatMap(({ title, seen }) =>
    seen.filter(({ verdict }) => verdict === 'broken').map((found) => ({ ...found, walk: title })),
  )
  return { agent, walks, first: broken[0] ?? null }
}

/** 0: all is well as far as it can be seen; 1: something is broken. */
export const exitCodeOf = ({ agent, first }: Report): number =>
  first === null && agent.verdict !== 'broken' ? 0 : 1

/** The report for people: a line per hop, what to do below each broken one, the diagnosis last. */
export function reportText(report: Report, colour: boolean): string {
  const { agent, walks, first } = report
  const width = Math.max(
    ...[agent, ...walks.flatMap(({ seen }) => seen)].map(({ hop }) => hop.length),
  )
  const lines = (seen: Seen) => linesOf(seen, width, colour)
  return [
    ...lines(agent),
    ...walks.flatMap(({ title, seen }) => ['', printable(title), ...seen.flatMap(lines)]),
    '',
    ...diagnosis(first, agent).map(printable),
  ].join('\n')
}

function diagnosis(first: Report['first'], agent: Seen): string[] {
  const dead = agent.verdict === 'broken'
  if (first !== null) {
    return [
      `First broken hop: ${first.hop}: ${sentence(first.says)}`,
      ...(first.fix === null ? [] : [`Fix: ${first.fix}`]),
      ...(dead ? [`The agent is dead as well, and would put much of it right: ${agent.fix}`] : []),
    ]
  }
  if (dead) return ['No hop is broken; but the agent is dead.', `Fix: ${agent.fix}`]
  return ['No hop is broken, as far as can be seen from here.']
}

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`)

const marks: Readonly<Record<Verdict, { word: string; style: 'green' | 'red' | 'yellow' }>> = {
  ok: { word: 'ok', style: 'green' },
  broken: { word: 'BROKEN', style: 'red' },
  unknown: { word: '?', style: 'yellow' },
}
const markWidth = 'BROKEN'.length

function linesOf({ verdict, hop, says, fix }: Seen, width: number, colour: boolean): string[] {
  const { word, style } = marks[verdict]
  const padded = word.padEnd(markWidth)
  // Whether to colour is the caller's to know; the stream is not looked at here.
  const mark = colour ? styleText(style, padded, { validateStream: false }) : padded
  const line = `${mark}  ${hop.padEnd(width)}  ${printable(says)}`
  const below = ' '.repeat(markWidth + width + 4)
  return fix === null ? [line] : [line, `${below}→ ${printable(fix)}`]
}
