import type { RouteDocs } from './route-doc.ts'

const done = { 204: null }

/** Changes of a provision that runs. */
export const changes: RouteDocs = {
  'POST /provisions/:id/scale': {
    ...{ tag: 'Changes', summary: 'Add or remove hosts' },
    description:
      'Up takes a number; down a number or ids of OpenNebula’s hosts. Virtual machines on hosts ' +
      'that go are in the way, or terminated with `force`, or moved with `migrate`.',
    answers: done,
    errors: [400, 403, 404, 405, 409],
    request: { direction: 'up', nodes: 1 },
  },
  'POST /provisions/:id/add-ip': {
    ...{ tag: 'Changes', summary: 'Add public addresses' },
    description: 'Answered when they are there, unless `wait` is false.',
    answers: done,
    errors: [400, 403, 404, 405, 409],
    request: { amount: 1 },
  },
  'POST /provisions/:id/remove-ip': {
    ...{ tag: 'Changes', summary: 'Remove a public address' },
    description: 'By the id of its address range; refused while it is in use.',
    answers: done,
    errors: [400, 403, 404, 405],
    request: { ar_id: 0 },
  },
}
