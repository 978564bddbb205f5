export type Pairs = readonly (readonly [string, unknown])[]

/** Column widths of the documentation; a column grows with what is in it. */
const listWidths: Readonly<Record<string, number>> = {
  ID: 2,
  USER: 8,
  GROUP: 9,
  NAME: 21,
  STATE: 16,
}

export function list(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) =>
    Math.max(listWidths[name] ?? name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  return [head, ...rows].map((row) => `  ${line(row, widths)}`).join('\n')
}

export function table(title: string, head: readonly string[], rows: readonly unknown[][]): string {
  const widths = [4, 15]
  const lines = [head, ...rows.map((row) => row.map((cell) => String(cell ?? '-')))]
  return [title, ...lines.map((cells) => line(cells, widths))].join('\n')
}

function line(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join(' ')
    .trimEnd()
}

export function block(title: string, pairs: Pairs): string {
  const lines = pairs.map(([name, value]) => `${name.padEnd(20)}: ${shown(value)}`)
  return [title, ...lines].join('\n')
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
