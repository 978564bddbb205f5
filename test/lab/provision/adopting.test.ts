import t from 'tap'
import { adopt, adoptable, stockId } from '../../chaos/provision/adopt.ts'
import { carryOn } from '../../chaos/provision/carry-on.ts'
import { wrongWhenDone } from '../../chaos/provision/judge.ts'
import { reached } from '../../chaos/provision/operations.ts'
import { inWorld } from '../../chaos/provision/story.ts'
import { settled } from '../../chaos/world/acts.ts'
import { ask } from '../../chaos/world/client.ts'
import { until } from '../../chaos/world/world.ts'

t.setTimeout(300_000)
const restWithinMs = 10_000
const begin = await adoptable()

t.test('a stock provision is taken over as it stands, and undeploying it leaves nothing', (t) =>
  inWorld(begin, async (world) => {
    await carryOn(world, adopt)
    t.strictSame(await settled(() => adopt.wrong(world), restWithinMs), [])
    const id = stockId(world)
    const again = ask(world, 'POST', `/provisions/${id}/adopt`, { dry_run: false })
    await t.rejects(again, { message: /edgectl’s already/ }, 'asked twice it is refused')
    await ask(world, 'POST', `/provisions/${id}/undeploy`, {})
    await until(() => reached(world, 'DONE'), 'it to be gone', 60_000)
    t.strictSame(await settled(() => wrongWhenDone(world), restWithinMs), [])
    t.equal(world.cloud.state.sshKeys.size, 0, 'the stock driver’s key neither')
  }),
)
