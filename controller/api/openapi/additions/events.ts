import { Type } from 'typebox'
import type { RouteDocs } from '../route-doc.ts'
import { ofDocument, ours } from './ours.ts'

/** Work as it goes on. */
export const events: RouteDocs = {
  'GET /provisions/:id/events': {
    ...ours,
    summary: 'Follow what happens',
    description:
      'Server-sent events: states, steps with their progress, and log lines, as JSON in `data`. ' +
      '`Last-Event-ID` resumes where a stream broke off.',
    query: { replay: '`false` leaves out what happened before' },
    answers: {
      200: {
        ...{ schema: Type.String(), type: 'text/event-stream' },
        example:
          'id: 1795335365000-1\ndata: {"provision":5,"at":1795335365000,"kind":"state","state":"RUNNING"}\n\n',
      },
    },
    errors: [...ofDocument, 409],
  },
}
