import { readFileSync } from 'node:fs'
import type { Difference } from './differences.ts'

/** A row of docs/compatibility.md. */
export interface Row {
  readonly stock: string
  /** Where recordings show it: `recording:path`, with `*` for anything. Empty for what no answer shows. */
  readonly seen: readonly string[]
  readonly text: string
}

/** The differences there may be, as the page tells them: stock | here | why | recorded | test. */
export function rows(): Row[] {
  const page = readFileSync(new URL('../../../../docs/compatibility.md', import.meta.url), 'utf8')
  return page
    .split('\n')
    .filter((line) => /^\| (?!stock|---)/.test(line))
    .map((text) => {
      const cells = text.split('|').slice(1, -1)
      const recorded = cells.length === 5 ? (cells[3] ?? '') : ''
      const seen = [...recorded.matchAll(/`([^`]+)`/g)].map(([, token = '']) => token)
      return { stock: (cells[0] ?? '').trim(), seen, text }
    })
}

/** Whether the row's token tells of this difference, or of something around it. */
export function tells(token: string, { recording, path }: Difference): boolean {
  const [where = '', what = ''] = token.split(/:(.*)/s)
  return matches(where, recording) && matches(what, path, true)
}

function matches(pattern: string, text: string, around = false): boolean {
  const exact = pattern
    .split('*')
    .map((part) => RegExp.escape(part))
    .join('.*')
  return new RegExp(`^${exact}${around ? '(\\..*)?' : ''}$`, 's').test(text)
}
