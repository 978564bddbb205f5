import { Type } from 'typebox'
import { additions } from './additions/index.ts'
import { changes } from './changes.ts'
import { drivers } from './drivers.ts'
import { progress } from './progress.ts'
import { providers } from './providers.ts'
import { provisions } from './provisions.ts'
import type { RouteDocs } from './route-doc.ts'

const welcome = {
  schema: Type.String(),
  example: 'Welcome to the OpenNebula Formation Server v1',
}

const server: RouteDocs = {
  'GET /': {
    ...{ tag: 'Server', summary: 'Whether the server is there' },
    description: 'The only path that needs no login.',
    answers: { 200: welcome },
    errors: [],
  },
  'GET /api/v1/': {
    ...{ tag: 'Server', summary: 'Whether the server takes this login' },
    description: 'The same welcome as at the root.',
    answers: { 200: welcome },
    errors: [],
  },
}

/** Every route: what it is for, what it answers, how it fails. A test holds this and the routes equal. */
export const routeDocs: RouteDocs = {
  ...server,
  ...drivers,
  ...providers,
  ...provisions,
  ...changes,
  ...progress,
  ...additions,
}
