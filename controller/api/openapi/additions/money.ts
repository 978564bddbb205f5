import { price } from '../examples.ts'
import type { RouteDocs } from '../route-doc.ts'
import { Accepted, Cost, Leaks, Releases } from '../schemas/index.ts'
import { ofDocument, ours } from './ours.ts'

const leak = {
  ...{ id: 'server/7c1e3f52-0d4b-4a6e-9b1f-2f0a4c9d8e11', code: 'host-removed', kind: 'server' },
  ...{ name: 'provision_5_host_2', provision_uuid: 'a0000000-0000-4000-8000-000000000001' },
  ...{ provision_id: 5, place: 'project p in fr-par-2', since: 1795335365, price },
  evidence: ['Provision 5 has no host-2: host-0, host-1'],
}

/** What is paid for, by somebody or by nobody any more. */
export const money: RouteDocs = {
  'GET /provisions/:id/cost': {
    ...ours,
    summary: 'What a provision costs now',
    description: 'Asked of Scaleway: what carries its tags, with what each costs, without taxes.',
    answers: {
      200: {
        schema: Cost,
        example: {
          items: [{ kind: 'server', id: '545b357e', name: 'provision_5_host_0 51.15.1.10', price }],
          total: { ...price, complete: true },
          not_looked_at: [],
        },
      },
    },
    errors: ofDocument,
  },
  'GET /leaks': {
    ...ours,
    summary: 'What nothing knows and somebody pays for',
    description: 'Looks now, in all projects and zones of the providers the asker may manage.',
    answers: {
      200: {
        schema: Leaks,
        example: { looked_at: 1795335365, leaks: [leak], watched: [], not_looked_at: [] },
      },
    },
    errors: [],
  },
  'GET /leaks/releases': {
    ...ours,
    summary: 'What became of orders to release',
    description: 'Since this controller started, the last of each object.',
    answers: {
      200: {
        schema: Releases,
        example: [{ id: leak.id, outcome: 'released', sentence: 'It is gone' }],
      },
    },
    errors: [],
  },
  'POST /leaks/release': {
    ...ours,
    summary: 'Give back what nothing knows',
    description:
      'Each is looked at once more before it is touched; `GET /leaks/releases` tells the end.',
    answers: {
      202: { schema: Accepted, example: { accepted: [leak.id], refused: [] } },
    },
    errors: [400],
    request: { ids: [leak.id] },
  },
}
