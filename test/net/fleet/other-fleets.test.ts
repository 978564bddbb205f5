import t, { type Test } from 'tap'
import { debian13 } from '../frr/release.ts'
import { networks, people, run, watchAll } from './cast.ts'
import { frrDeaths } from './deaths.ts'
import { createFleet } from './fleet.ts'
import { ghost } from './ghost.ts'
import { moves } from './moves.ts'
import { client, from, loseNothing, watch } from './watch.ts'

t.test('two hosts in a full mesh: FRR of one dies', async (t) => {
  const fleet = await createFleet({ hosts: 2, networks })
  t.teardown(() => fleet.close())
  await fleet.settle()
  await fleet.joined()
  const [one, two] = [fleet.host(1), fleet.host(2)]
  const guest = await run(fleet, 1, one)
  await run(fleet, 2, two)
  const watched = await watch(
    (line) => t.comment(line),
    [from(guest.machine, '172.30.0.12'), from(guest.machine, client)],
  )
  await loseNothing(t, watched, 'bgpd of a host is killed and starts', async () => {
    await two.endDaemons('KILL', 'bgpd')
    await two.startDaemons()
    await fleet.joined()
  })
  watched.stop()
})

const release = await debian13()
const title = 'five hosts with the FRR of Debian 13'
if (typeof release === 'string') t.test(title, { skip: release }, async () => {})
else t.test(title, trixie)

async function trixie(t: Test): Promise<void> {
  if (typeof release === 'string') return
  const fleet = await createFleet({ hosts: 5, networks, release })
  t.teardown(() => fleet.close())
  await fleet.settle()
  await fleet.joined()
  const guests = await people(fleet)
  const watched = await watchAll(t, fleet, guests)
  await t.test('FRR of a host dies', (t) => frrDeaths(t, fleet, watched))
  watched.stop()
  await t.test('a VM moves with both its addresses', (t) => moves(t, fleet, guests))
  await t.test('a host dies, and comes back with an old specification', (t) =>
    ghost(t, fleet, guests),
  )
}
