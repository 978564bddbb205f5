import t from 'tap'
import { runMatrix } from './matrix/run.ts'

t.test('whatever the cloud does, a provision ends well or tells what to do', (t) =>
  runMatrix(t, {
    every: Number(process.env['EVERY'] ?? 1),
    only: new RegExp(process.env['CELLS'] ?? '.'),
  }),
)
