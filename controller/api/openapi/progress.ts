import type { RouteDocs } from './route-doc.ts'
import { LogPage, LogPoll } from './schemas/index.ts'

export const progress: RouteDocs = {
  'GET /provisions/:id/logs': {
    ...{ tag: 'Progress', summary: 'Read the log by pages' },
    description:
      'The first page has the latest lines, in their order; a page too far is the last one.',
    query: { page: 'from 1', per_page: '100 unless given', all: '`true` for one page with all' },
    answers: {
      200: {
        schema: LogPage,
        example: {
          meta: { page: 1, per_page: 100, total_pages: 1, total_lines: 1 },
          lines: [{ level: 'info', text: 'Sun Nov 22 08:19:47 2026 [I] VPC: done after 0.2 s' }],
        },
      },
    },
    errors: [400, 403, 404, 405],
  },
  'GET /provisions/:id/logs/poll': {
    ...{ tag: 'Progress', summary: 'Follow the log' },
    description:
      'Whole lines from a byte on, and where to go on; without `pos` no lines and the end.',
    query: { pos: 'byte offset, as the last answer gave it' },
    answers: {
      200: { schema: LogPoll, example: { pos: 122, lines: [] } },
    },
    errors: [400, 403, 404, 405],
  },
}
