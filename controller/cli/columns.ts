import { heading, stateColour } from './colour.ts'

export type Pairs = readonly (readonly [string, unknown])[]

/** Column widths of the documentation; a column grows with what is in it. */
const listWidths: Readonly<Record<string, number>> = {
  ID: 2,
  USER: 8,
  GROUP: 9,
  NAME: 21,
  STATE: 16,
}

/** A table as lists of OpenNebula have it: two blanks in front, states in their colours. */
export function list(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) =>
    Math.max(listWidths[name] ?? name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const paint = (cell: string, column: number) =>
    head[column] === 'STATE' ? stateColour(cell) : cell
  return [
    `  ${heading(line(head, widths))}`,
    ...rows.map((row) => `  ${line(row, widths, paint)}`),
  ].join('\n')
}

/** A table below a title, as `show` has them. */
export function table(
  title: string,
  head: readonly string[],
  rows: readonly unknown[][],
  widths: readonly number[] = [4, 15],
): string {
  const lines = [head, ...rows.map((row) => row.map((cell) => String(cell ?? '-')))]
  return [heading(title), ...lines.map((cells) => line(cells, widths))].join('\n')
}

function line(
  cells: readonly string[],
  widths: readonly number[],
  paint = (cell: string, _column: number) => cell,
): string {
  const last = cells.findLastIndex((cell) => cell !== '')
  return cells
    .slice(0, last + 1)
    .map((cell, column) => {
      const padded = column < last ? cell.padEnd(widths[column] ?? 0) : cell
      return paint(padded, column)
    })
    .join(' ')
}

export function block(title: string, pairs: Pairs): string {
  const lines = pairs.map(([name, value]) => {
    const text = shown(value)
    return `${name.padEnd(20)}: ${name === 'STATE' ? stateColour(text) : text}`
  })
  return [heading(title), ...lines].join('\n')
}

function shown(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '-')
}

/** `06/05 10:52:29`, month first, local time. */
export function time(seconds: number): string {
  const date = new Date(seconds * 1000)
  const two = (number: number) => String(number).padStart(2, '0')
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return `${two(date.getMonth() + 1)}/${two(date.getDate())} ${clock}`
}
