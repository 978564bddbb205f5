import { join } from 'node:path'
import t from 'tap'
import { runScenario } from './run-scenario.ts'

t.test('what cannot be right is refused before anything is created', (t) =>
  runScenario(t, 'bad-input'),
)

t.test('a controller killed at any stage ends with exactly what was asked for', (t) =>
  runScenario(t, 'controller-killed'),
)

t.test('the demo proves all it claims', (t) =>
  runScenario(t, join('../../lab/demo/inside'), ['--json']),
)
