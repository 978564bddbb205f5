// Servers with systemd, sshd, FRR and the real agent, and a controller that dies at every turn.
import t from 'tap'
import { runScenario } from '../e2e/run-scenario.ts'

t.test('a provision on full hosts ends as asked wherever its controller dies', (t) =>
  runScenario(t, '../chaos/full/life.ts'),
)
