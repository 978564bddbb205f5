import { Type } from 'typebox'
import { price } from './examples.ts'
import type { RouteDocs } from './route-doc.ts'
import {
  Accepted,
  Addresses,
  Adoption,
  Cost,
  Doctor,
  Fleet,
  Leaks,
  OpenApi,
  Releases,
  Reverse,
} from './schemas.ts'

const ours = { tag: 'Additions', ours: true } as const
const ofDocument = [400, 403, 404, 405]
const leak = {
  ...{ id: 'server/7c1e3f52-0d4b-4a6e-9b1f-2f0a4c9d8e11', code: 'host-removed', kind: 'server' },
  ...{ name: 'provision_5_host_2', provision_uuid: 'a0000000-0000-4000-8000-000000000001' },
  ...{ provision_id: 5, place: 'project p in fr-par-2', since: 1795335365, price },
  evidence: ['Provision 5 has no host-2: host-0, host-1'],
}

const adoption = {
  ...{ dry_run: true, provision: { id: 5, name: 'edge-a' } },
  provider: { id: 8, name: 'scw-par2' },
  found: [{ where: 'Scaleway', what: 'VPC provision_5_vpc_0a1b2c3d4e5f' }],
  change: [
    {
      ...{ where: 'document', object: 'provision 5' },
      what: 'its provider becomes 8 (scw-par2) instead of 3',
    },
  ],
  ...{ in_the_way: [], stays_behind: [], price, plan: '5f2c1b0a5f2c1b0a5f2c1b0a5f2c1b0a' },
}

/** What OneForm does not have. */
export const additions: RouteDocs = {
  'POST /provisions/:id/replace-host': {
    ...ours,
    summary: 'Replace a host',
    description:
      'A new one comes, then that one goes; what becomes of its virtual machines as in `scale`.',
    answers: { 204: null },
    errors: [...ofDocument, 409],
    request: { host_id: 4, migrate: true },
  },
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
  'POST /provisions/:id/adopt': {
    ...ours,
    summary: 'Take over a stock provision',
    description:
      'With `dry_run` it looks up what the stock Scaleway driver made for it, tells what would be changed ' +
      'and changes nothing; without, it is done, unless something is in the way or `plan` is given and the ' +
      'plan is another by now. See [beside-oneform.md](beside-oneform.md).',
    answers: {
      200: { schema: Adoption, example: adoption },
      202: { schema: Adoption, example: { ...adoption, dry_run: false } },
    },
    errors: ofDocument,
    request: { dry_run: true },
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
  'GET /doctor': {
    ...{ tag: 'Server', ours: true },
    summary: 'How the controller finds its own set-up',
    description:
      'Looks at everything at once, ten seconds at each at most, and changes nothing. For group oneadmin ' +
      'only; `edgectl doctor` shows it with what it finds itself. See [setup-doctor.md](setup-doctor.md).',
    answers: {
      200: {
        schema: Doctor,
        example: {
          version: '1.0.0',
          checks: [
            {
              ...{ check: 'permissions', subject: 'provider 3', status: 'broken' },
              sentence: 'The key may not read public gateways',
              fix: 'Give the key’s application VPCGatewayFullAccess on project p',
            },
          ],
        },
      },
    },
    errors: [403],
  },
  'GET /openapi.json': {
    ...{ tag: 'Server', ours: true },
    summary: 'This description, as OpenAPI 3.1',
    description: 'Made from the routes themselves when the server starts.',
    answers: {
      200: {
        schema: OpenApi,
        example: {
          ...{
            openapi: '3.1.0',
            info: { title: 'edgectl', version: '1.0.0' },
            security: [],
            tags: [],
          },
          ...{ paths: {}, components: {} },
        },
      },
    },
    errors: [],
  },
}
