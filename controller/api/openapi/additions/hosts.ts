import type { RouteDocs } from '../route-doc.ts'
import { Fleet } from '../schemas/index.ts'
import { ofDocument, ours } from './ours.ts'

/** Hosts of a provision: how they are, and another in the place of one. */
export const hosts: RouteDocs = {
  'POST /provisions/:id/replace-host': {
    ...ours,
    summary: 'Replace a host',
    description:
      'A new one comes, then that one goes; what becomes of its virtual machines as in `scale`.',
    answers: { 204: null },
    errors: [...ofDocument, 409],
    request: { host_id: 4, migrate: true },
  },
  'GET /provisions/:id/fleet': {
    ...ours,
    summary: 'How the hosts are',
    description: 'What the agent of each host said last; from memory, so it never waits.',
    answers: {
      200: {
        schema: Fleet,
        example: {
          hosts: [
            {
              ...{ host_id: 4, key: 'host-0', server: '545b357e-4da5-495b-95bd-105ad07ff324' },
              ...{ address: '51.15.1.10', connected: true, last_seen: 1795335365 },
              ...{ verdict: 'healthy', reasons: [], versions: { agent: '1.0.0' } },
              ...{ settled: true, faults: [] },
            },
          ],
          refusals: [],
        },
      },
    },
    errors: ofDocument,
  },
}
