import { Type } from 'typebox'
import { additions } from './additions.ts'
import { driver, provider, provision } from './examples.ts'
import type { RouteDocs } from './route-doc.ts'
import { Driver, LogPage, LogPoll, Plan, Provider, Provision } from './schemas.ts'

const sensitive = {
  include_sensitive: '`true` shows secrets, to who may manage the provider; else `__redacted__`',
}
const done = { 204: null }

/** Every route: what it is for, what it answers, how it fails. A test holds this and the routes equal. */
export const routeDocs: RouteDocs = {
  'GET /': {
    ...{ tag: 'Server', summary: 'Whether the server is there' },
    description: 'The only path that needs no login.',
    answers: { 200: welcome() },
    errors: [],
  },
  'GET /api/v1/': {
    ...{ tag: 'Server', summary: 'Whether the server takes this login' },
    description: 'The same welcome as at the root.',
    answers: { 200: welcome() },
    errors: [],
  },
  'GET /drivers': {
    ...{ tag: 'Drivers', summary: 'List drivers' },
    description: 'The one served here, and those of the stock server beside it.',
    query: { enabled: '`true` leaves out disabled ones' },
    answers: { 200: { schema: Type.Array(Driver), example: [driver] } },
    errors: [],
  },
  'GET /drivers/:name': {
    ...{ tag: 'Drivers', summary: 'Show a driver' },
    description: 'With every input of its providers and provisions; a form can be made of it.',
    answers: { 200: { schema: Driver, example: driver } },
    errors: [404],
  },
  'GET /providers': {
    ...{ tag: 'Providers', summary: 'List providers' },
    description: 'Those that the asker may use.',
    query: { ...sensitive, enabled: '`true` leaves out those of disabled drivers' },
    answers: { 200: { schema: Type.Array(Provider), example: [provider] } },
    errors: [],
  },
  'GET /providers/:id': {
    ...{ tag: 'Providers', summary: 'Show a provider' },
    description: 'Who pays, and for which project and zone.',
    query: sensitive,
    answers: { 200: { schema: Provider, example: provider } },
    errors: [400, 403, 404, 405],
  },
  'GET /providers/:id/path': {
    ...{ tag: 'Providers', summary: 'Where the driver’s files lie' },
    description: 'OpenNebula’s elastic driver loads its plug-in from under this directory.',
    answers: {
      200: { schema: Type.Object({ path: Type.String() }), example: { path: '/usr/lib/edgectl' } },
    },
    errors: [400, 403, 404, 405],
  },
  'POST /providers': {
    ...{ tag: 'Providers', summary: 'Create a provider' },
    description: 'The key is tried at Scaleway first; what it lacks is named, and nothing is made.',
    answers: { 201: { schema: Provider, example: provider } },
    errors: [400, 403, 404],
    request: {
      ...{ driver: 'scaleway', name: 'scw-par2' },
      connection_values: {
        ...{ access_key: 'SCWXXXXXXXXXXXXXXXXX', secret_key: '…', project_id: '…' },
        zone: 'fr-par-2',
      },
    },
  },
  'DELETE /providers/:id': {
    ...{ tag: 'Providers', summary: 'Delete a provider' },
    description: 'Refused while provisions were made with it.',
    answers: done,
    errors: [400, 403, 404, 405],
  },
  'GET /provisions': {
    ...{ tag: 'Provisions', summary: 'List provisions' },
    description: 'Those that the asker may use.',
    query: { all: '`true` shows those that are DONE too', ...sensitive },
    answers: { 200: { schema: Type.Array(Provision), example: [provision] } },
    errors: [],
  },
  'GET /provisions/:id': {
    ...{ tag: 'Provisions', summary: 'Show a provision' },
    description: 'Its state, inputs, objects of OpenNebula and history.',
    query: sensitive,
    answers: { 200: { schema: Provision, example: provision } },
    errors: [400, 403, 404, 405],
  },
  'POST /provisions': {
    ...{ tag: 'Provisions', summary: 'Create a provision, or tell what it would be' },
    description:
      'Everything that can be looked at is looked at first, and what is in the way is told at once. ' +
      'The work begins then; its end is told by the state, the log and the events. With `dry_run` it ' +
      'stops after the look and answers what would be created and its price.',
    query: { dry_run: '`true` or `false`: only look; the body takes it too' },
    answers: {
      200: {
        schema: Plan,
        example: {
          ...{ dry_run: true, zone: 'fr-par-2', user_inputs_values: { oneform_hosts: 1 } },
          create: [{ kind: 'vpc', what: 'VPC', count: 1, price: null }],
          total: {
            ...{ per_hour: 0.107, per_month: 78.11, once: 0, currency: 'EUR' },
            ...{ source: 'Scaleway’s offer', complete: false },
          },
          opennebula: ['cluster', '1 host'],
          warnings: [],
        },
      },
      201: { schema: Provision, example: provision },
    },
    errors: [400, 403, 404, 409],
    request: {
      ...{ driver: 'scaleway', deployment_type: 'ssh_cluster', provider_id: 3, name: 'edge-a' },
      user_inputs_values: { oneform_hosts: 2, instance_public_ips: 1 },
    },
  },
  'POST /provisions/:id/undeploy': {
    ...{ tag: 'Provisions', summary: 'Give everything back' },
    description:
      'Refused while virtual machines, images or networks of others are on it, unless forced. Ends in ' +
      'DONE when nothing is left at Scaleway.',
    answers: done,
    errors: [400, 403, 404, 405],
    request: { force: false },
  },
  'POST /provisions/:id/retry': {
    ...{ tag: 'Provisions', summary: 'Go on after a failure' },
    description:
      'From where it stopped; with `give_up`, ours, without what has not come of a change.',
    answers: done,
    errors: [400, 403, 404, 405],
    request: { give_up: false },
  },
  'DELETE /provisions/:id': {
    ...{ tag: 'Provisions', summary: 'Delete a provision’s document' },
    description: 'Of one that is DONE; with `force` any other is undeployed by force first.',
    query: { force: '`true` undeploys it first' },
    answers: done,
    errors: [400, 403, 404, 405],
  },
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
  'GET /provisions/:id/logs': {
    ...{ tag: 'Progress', summary: 'Read the log by pages' },
    description: 'The oldest lines are on the first page.',
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
  ...additions,
}

function welcome() {
  const example = 'Welcome to the OpenNebula Formation Server v1'
  return { schema: Type.String(), example }
}
