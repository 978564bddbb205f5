import { Type } from 'typebox'
import { driver } from './examples.ts'
import type { RouteDocs } from './route-doc.ts'
import { Driver, Sync } from './schemas/index.ts'

const one = { schema: Driver, example: driver }
const switched = { 200: { schema: Type.String(), example: '' } }

export const drivers: RouteDocs = {
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
    answers: { 200: one },
    errors: [404],
  },
  'POST /drivers/sync': {
    ...{ tag: 'Drivers', summary: 'Look whether drivers are whole' },
    description: 'The files that OpenNebula loads of them are looked at. For administrators.',
    answers: {
      200: { schema: Sync, example: { success: ['onprem', 'scaleway'], failed: [] } },
    },
    errors: [400, 403],
    request: {},
  },
  'POST /drivers/:name/enable': {
    ...{ tag: 'Drivers', summary: 'Enable a driver' },
    description: 'New providers and provisions are made with it again. For administrators.',
    answers: switched,
    errors: [400, 403, 404, 405],
    request: {},
  },
  'POST /drivers/:name/disable': {
    ...{ tag: 'Drivers', summary: 'Disable a driver' },
    description: 'Nothing new is made with it; what there is goes on. For administrators.',
    answers: switched,
    errors: [400, 403, 404, 405],
    request: {},
  },
}
