import t from 'tap'
import { runPoints } from './points/run.ts'

t.test('whatever dies or fails at any call, each address ends where its VM is', (t) =>
  runPoints(t, { every: Number(process.env['EVERY'] ?? 1) }),
)
