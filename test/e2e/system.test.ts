import t from 'tap'
import { runScenario } from './run-scenario.ts'

t.test('what cannot be right is refused before anything is created', (t) =>
  runScenario(t, 'scenarios/bad-input.ts'),
)

t.test('a controller killed at any stage ends with exactly what was asked for', (t) =>
  runScenario(t, 'scenarios/controller-killed.ts'),
)

t.test('a cluster grows and shrinks under virtual machines that go on running', (t) =>
  runScenario(t, 'scenarios/cluster-changes.ts'),
)

t.test('the demo proves all it claims', (t) => runScenario(t, '../lab/demo/inside.ts', ['--json']))
