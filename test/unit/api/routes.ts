// Every route there is, what it takes to be let in, and one request that succeeds. A test holds this
// list and fastify's own against each other.

import { createDriverStates } from '../../../controller/documents/index.ts'
import type { Bench } from './support.ts'

/**
 * `login`: any user; `use` and `manage`: rights on the document it is about; `manageUnseen`: MANAGE, also
 * without USE; `admin`: oneadmin's group.
 */
export type Need = 'nothing' | 'login' | 'use' | 'manage' | 'manageUnseen' | 'admin'

/** What a row's request is about. */
export interface Ids {
  /** Has provisions. */
  readonly provider: number
  /** Has none. */
  readonly spare: number
  /** RUNNING. */
  readonly provision: number
  /** In a failure. */
  readonly failed: number
}

export interface Row {
  readonly need: Need
  readonly url?: (ids: Ids) => string
  readonly body?: (ids: Ids) => unknown
  /** Any user may ask, and is told only of what these rights are on. */
  readonly lists?: 'use' | 'manage'
  /** What must be so for the request to succeed. */
  readonly first?: (it: Bench) => Promise<unknown>
  /** Not a GET, and changes nothing all the same. */
  readonly harmless?: true
  /** The answer goes on until the client has enough. */
  readonly endless?: true
}

const provider =
  (path = '') =>
  (ids: Ids) =>
    `/api/v1/providers/${ids.provider}${path}`
const spare =
  (path = '') =>
  (ids: Ids) =>
    `/api/v1/providers/${ids.spare}${path}`
const provision =
  (path = '') =>
  (ids: Ids) =>
    `/api/v1/provisions/${ids.provision}${path}`
const failed =
  (path = '') =>
  (ids: Ids) =>
    `/api/v1/provisions/${ids.failed}${path}`

export const connection = {
  access_key: 'SCWXXXXXXXXXXXXXXXXX',
  secret_key: '11111111-1111-4111-8111-111111111111',
  project_id: '22222222-2222-4222-8222-222222222222',
  region: 'fr-par',
  zone: 'fr-par-2',
}

type Of = (path: string) => (ids: Ids) => string

/** To what they are: to whom else a document may go is another question. */
function rightsOf(kind: string, of: Of): Record<string, Row> {
  const verbs = {
    chmod: { octet: '644' },
    chown: { owner_id: 2, group_id: 100 },
    chgrp: { group_id: 100 },
  }
  const rows = Object.entries(verbs).map(([verb, body]): [string, Row] => [
    `POST /api/v1/${kind}/:id/${verb}`,
    { need: 'manageUnseen', url: of(`/${verb}`), body: () => body },
  ])
  return Object.fromEntries(rows)
}

/** By "METHOD path" as fastify names them; HEAD goes with GET. */
export const routes: Readonly<Record<string, Row>> = {
  'GET /': { need: 'nothing' },
  'GET /api/v1/': { need: 'login' },
  'GET /api/v1/drivers': { need: 'login' },
  'GET /api/v1/drivers/:name': { need: 'login', url: () => '/api/v1/drivers/scaleway' },
  'POST /api/v1/drivers/sync': { need: 'admin', harmless: true },
  'POST /api/v1/drivers/:name/enable': {
    need: 'admin',
    url: () => '/api/v1/drivers/scaleway/enable',
    first: ({ one }) => createDriverStates(one).set('scaleway', 'DISABLED'),
  },
  'POST /api/v1/drivers/:name/disable': {
    need: 'admin',
    url: () => '/api/v1/drivers/scaleway/disable',
  },
  'GET /api/v1/providers': {
    need: 'login',
    lists: 'use',
    url: () => '/api/v1/providers?include_sensitive=true',
  },
  'GET /api/v1/providers/:id': { need: 'use', url: provider('?include_sensitive=true') },
  'GET /api/v1/providers/:id/path': { need: 'use', url: provider('/path') },
  'POST /api/v1/providers': {
    need: 'login',
    body: () => ({ driver: 'scaleway', name: 'another', connection_values: connection }),
  },
  'PATCH /api/v1/providers/:id': {
    need: 'manage',
    url: provider(),
    body: () => ({ name: 'renamed' }),
  },
  'DELETE /api/v1/providers/:id': { need: 'manage', url: spare() },
  ...rightsOf('providers', provider),
  'GET /api/v1/provisions': {
    need: 'login',
    lists: 'use',
    url: () => '/api/v1/provisions?all=true',
  },
  'GET /api/v1/provisions/:id': { need: 'use', url: provision('?include_sensitive=true') },
  'POST /api/v1/provisions': {
    need: 'use',
    body: (ids) => ({ driver: 'scaleway', provider_id: ids.provider, user_inputs_values: {} }),
  },
  'PATCH /api/v1/provisions/:id': {
    need: 'manage',
    url: provision(),
    body: () => ({ name: 'renamed' }),
  },
  ...rightsOf('provisions', provision),
  'GET /api/v1/provisions/:id/unmanaged': { need: 'use', url: provision('/unmanaged') },
  'POST /api/v1/provisions/:id/recover': {
    need: 'manage',
    url: failed('/recover'),
    body: () => ({ recover_state: 'APPLYING' }),
  },
  'POST /api/v1/provisions/:id/undeploy': {
    need: 'manage',
    url: provision('/undeploy'),
    body: () => ({ force: false }),
  },
  'POST /api/v1/provisions/:id/retry': {
    need: 'manage',
    url: failed('/retry'),
    body: () => ({ force: false }),
  },
  'DELETE /api/v1/provisions/:id': { need: 'manage', url: provision('?force=true') },
  'POST /api/v1/provisions/:id/scale': {
    need: 'manage',
    url: provision('/scale'),
    body: () => ({ direction: 'up', nodes: 1 }),
  },
  'POST /api/v1/provisions/:id/replace-host': {
    need: 'manage',
    url: provision('/replace-host'),
    body: () => ({ host_id: 12 }),
  },
  'POST /api/v1/provisions/:id/add-ip': {
    need: 'manage',
    url: provision('/add-ip'),
    body: () => ({ amount: 1 }),
  },
  'POST /api/v1/provisions/:id/remove-ip': {
    need: 'manage',
    url: provision('/remove-ip'),
    body: () => ({ ar_id: 1 }),
  },
  'GET /api/v1/provisions/:id/addresses': { need: 'use', url: provision('/addresses') },
  'POST /api/v1/provisions/:id/reverse': {
    need: 'manage',
    url: provision('/reverse'),
    body: () => ({ address: '195.154.0.1', name: 'www.example.com' }),
  },
  'GET /api/v1/provisions/:id/cost': { need: 'use', url: provision('/cost') },
  'GET /api/v1/provisions/:id/fleet': { need: 'use', url: provision('/fleet') },
  'POST /api/v1/provisions/:id/adopt': {
    need: 'manage',
    url: provision('/adopt'),
    body: () => ({ dry_run: true }),
  },
  'GET /api/v1/openapi.json': { need: 'login' },
  'GET /api/v1/provisions/:id/logs': { need: 'use', url: provision('/logs?all=true') },
  'GET /api/v1/provisions/:id/logs/poll': { need: 'use', url: provision('/logs/poll?pos=0') },
  'GET /api/v1/provisions/:id/events': { need: 'use', url: provision('/events'), endless: true },
  'GET /api/v1/doctor': { need: 'admin' },
  'GET /api/v1/leaks': { need: 'login', lists: 'manage' },
  'GET /api/v1/leaks/releases': { need: 'login', lists: 'manage' },
  'POST /api/v1/leaks/release': {
    need: 'login',
    lists: 'manage',
    body: () => ({ ids: ['server/1eac'] }),
  },
}
