import { Type } from 'typebox'
import { provision } from './examples.ts'
import { rights } from './rights.ts'
import type { RouteDocs } from './route-doc.ts'
import { Plan, Provision, Unmanaged } from './schemas/index.ts'

const shown = {
  include_provider: '`true` puts the provider, as far as the user may see it, in place of its id',
  include_sensitive: '`true` shows secrets, to who may manage it; else `__redacted__`',
}
const done = { 204: null }

export const provisions: RouteDocs = {
  'GET /provisions': {
    ...{ tag: 'Provisions', summary: 'List provisions' },
    description: 'Those that the asker may use.',
    query: { all: '`true` shows those that are DONE too', ...shown },
    answers: { 200: { schema: Type.Array(Provision), example: [provision] } },
    errors: [],
  },
  'GET /provisions/:id': {
    ...{ tag: 'Provisions', summary: 'Show a provision' },
    description: 'Its state, inputs, objects of OpenNebula and history.',
    query: shown,
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
    errors: [400, 403, 404, 405, 409],
    request: {
      ...{ driver: 'scaleway', deployment_type: 'ssh_cluster', provider_id: 3, name: 'edge-a' },
      user_inputs_values: { oneform_hosts: 2, instance_public_ips: 1 },
    },
  },
  'PATCH /provisions/:id': {
    ...{ tag: 'Provisions', summary: 'Rename or describe a provision' },
    description: 'Everything else is refused unless it is sent as it was shown.',
    answers: { 200: { schema: Provision, example: provision } },
    errors: [400, 403, 404, 405, 409],
    request: { name: 'edge-paris', description: 'the first edge' },
  },
  'GET /provisions/:id/unmanaged': {
    ...{ tag: 'Provisions', summary: 'What others keep on a provision' },
    description:
      'Virtual machines, images and networks that are in the way of giving it back, by id.',
    answers: { 200: { schema: Unmanaged, example: { hosts: { 12: { vm: ['11'] } } } } },
    errors: [400, 403, 404, 405],
  },
  'POST /provisions/:id/undeploy': {
    ...{ tag: 'Provisions', summary: 'Give everything back' },
    description:
      'Refused while virtual machines, images or networks of others are on it, unless forced. After a failure it ' +
      'takes `force`, but for SCALING_FAILURE and a removal that was refused. Ends in DONE when nothing is ' +
      'left at Scaleway.',
    answers: done,
    errors: [400, 403, 404, 405],
    request: { force: false },
  },
  'POST /provisions/:id/recover': {
    ...{ tag: 'Provisions', summary: 'Go on after a failure that is named' },
    description: 'As `retry`, if it failed in that state and in no other by now.',
    answers: done,
    errors: [400, 403, 404, 405],
    request: { recover_state: 'APPLYING', force: false },
  },
  'POST /provisions/:id/retry': {
    ...{ tag: 'Provisions', summary: 'Go on after a failure' },
    description:
      'From where it stopped; what vanished at Scaleway since is ordered again. With `give_up`, ours, without ' +
      'what has not come of a change, or what is gone by now of what is taken over from a stock server.',
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
  ...rights('Provisions'),
}
