import type { RouteDocs } from '../route-doc.ts'
import { Addresses, Reverse } from '../schemas/index.ts'
import { ofDocument, ours } from './ours.ts'

/** Public addresses of virtual machines. */
export const addresses: RouteDocs = {
  'GET /provisions/:id/addresses': {
    ...ours,
    summary: 'Where each public address is',
    description:
      'As the last look at cloud, OpenNebula and hosts found them; looked at each minute.',
    answers: {
      200: {
        schema: Addresses,
        example: {
          looked_at: 1795335365,
          addresses: [
            {
              ...{ address: '51.15.0.77', vm_address: '100.64.0.2', vm_id: 7 },
              ...{ attached_to: '51.15.1.10', wanted_on: '51.15.1.10', status: 'attached' },
              ...{ verdict: 'right', sentence: null, reverse: '' },
            },
          ],
          findings: [],
        },
      },
    },
    errors: ofDocument,
  },
  'POST /provisions/:id/reverse': {
    ...ours,
    summary: 'Set the reverse DNS name of a public address',
    description: 'The name must resolve to the address; `null` gives Scaleway’s own name back.',
    answers: {
      200: {
        schema: Reverse,
        example: { address: '51.15.0.77', reverse: 'www.example.com' },
      },
    },
    errors: ofDocument,
    request: { address: '51.15.0.77', name: 'www.example.com' },
  },
}
