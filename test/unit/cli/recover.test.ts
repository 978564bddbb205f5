import t from 'tap'
import { states } from '../../../controller/documents/index.ts'
import { makeProvision } from '../api/calls.ts'
import { shell } from './support.ts'

t.setTimeout(300_000)

t.test(
  'recover --force takes machines along after a failed undeployment, and does no more',
  async (t) => {
    const it = await shell(t)
    const id = await makeProvision(it)
    const refused = { code: 2, stderr: 'Cannot recover to state RUNNING from RUNNING\n' }
    const cases: readonly [keyof typeof states, string, object, readonly string[]][] = [
      ['DEPROVISIONING_ONE_FAILURE', 'DEPROVISIONING_ONE', { code: 0 }, [`retry ${id} forced`]],
      ['APPLYING_FAILURE', 'APPLYING', { code: 0 }, [`retry ${id} forced`]],
      ['RUNNING', 'RUNNING', refused, []],
    ]
    for (const [state, wanted, outcome, asked] of cases) {
      await it.documents.provisions.update(id, (body) => ({ ...body, state: states[state] }))
      it.asked.length = 0
      t.match(
        await it.edgectl(`provision recover ${id} ${wanted} --force --no-wait`),
        outcome,
        state,
      )
      t.strictSame(it.asked, asked, state)
    }
  },
)
