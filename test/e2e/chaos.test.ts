// A slice of the chaos tier that the gate has time for; npm run test:chaos is the whole.
import t from 'tap'
import { runPoints } from '../chaos/points/run.ts'
import { runProvisionPoints } from '../chaos/provision/run.ts'

t.test('an address ends where its VM is, whatever dies or fails at some of its calls', (t) =>
  runPoints(t, { every: 7, only: ['register with a key', 'move', 'unregister'] }),
)

t.test('a provision ends as asked, wherever the controller dies at some of its calls', (t) =>
  runProvisionPoints(t, { every: 19, life: ['create', 'undeploy'] }),
)
