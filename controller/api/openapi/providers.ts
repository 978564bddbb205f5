import { Type } from 'typebox'
import { provider } from './examples.ts'
import { rights } from './rights.ts'
import type { RouteDocs } from './route-doc.ts'
import { Provider } from './schemas/index.ts'

const sensitive = {
  include_sensitive: '`true` shows secrets, to who may manage the provider; else `__redacted__`',
}
const done = { 204: null }

export const providers: RouteDocs = {
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
    errors: [400, 403, 404, 405, 409],
    request: {
      ...{ driver: 'scaleway', name: 'scw-par2' },
      connection_values: {
        ...{ access_key: 'SCWXXXXXXXXXXXXXXXXX', secret_key: '…', project_id: '…' },
        zone: 'fr-par-2',
      },
    },
  },
  'PATCH /providers/:id': {
    ...{ tag: 'Providers', summary: 'Update a provider' },
    description:
      'What is not named stays, and so does what comes back as `__redacted__`. A new key is tried at ' +
      'Scaleway before it replaces the old; project and zone stay while provisions were made with it.',
    answers: { 200: { schema: Provider, example: provider } },
    errors: [400, 403, 404, 405, 409],
    request: { name: 'scw-paris', connection_values: { secret_key: '…' } },
  },
  'DELETE /providers/:id': {
    ...{ tag: 'Providers', summary: 'Delete a provider' },
    description: 'Refused while provisions were made with it.',
    answers: done,
    errors: [400, 403, 404, 405],
  },
  ...rights('Providers'),
}
