import t from 'tap'
import { runProvisionPoints } from './provision/run.ts'

const only = process.env['ONLY']?.split(',')

t.test('wherever the controller dies, a provision ends as asked and nothing is paid twice', (t) =>
  runProvisionPoints(t, {
    every: Number(process.env['EVERY'] ?? 1),
    deaths: Number(process.env['DEATHS'] ?? 4),
    ...(only ? { only } : {}),
  }),
)
