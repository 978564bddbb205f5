import { Type } from 'typebox'
import { Id } from './words.ts'

const LogLine = Type.Object({
  level: Type.Enum(['debug', 'info', 'warn', 'error']),
  text: Type.String(),
})

export const LogPage = Type.Object({
  meta: Type.Union([
    Type.Object({ page: Id, per_page: Id, total_pages: Id, total_lines: Id }),
    Type.Object({ mode: Type.Literal('all'), total_lines: Id }),
  ]),
  lines: Type.Array(LogLine),
})

export const LogPoll = Type.Object({ pos: Id, lines: Type.Array(LogLine) })
