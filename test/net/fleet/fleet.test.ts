import t from 'tap'
import { networks, people, watchAll } from './cast.ts'
import { agentDeaths, frrDeaths, reflectorDeaths } from './deaths.ts'
import { createFleet } from './fleet.ts'
import { ghost } from './ghost.ts'
import { moves } from './moves.ts'
import { wrongPassword } from './password.ts'
import { strangers } from './strangers.ts'

t.test('five hosts, two of them route reflectors', async (t) => {
  const fleet = await createFleet({ hosts: 5, networks })
  t.teardown(() => fleet.close())
  await fleet.settle()
  await fleet.joined()
  const guests = await people(fleet)
  const watched = await watchAll(t, fleet, guests)
  await t.test('an agent dies, the controller is lost', (t) => agentDeaths(t, fleet, watched))
  await t.test('FRR of a host dies', (t) => frrDeaths(t, fleet, watched))
  await t.test('a route reflector dies', (t) => reflectorDeaths(t, fleet, watched))
  watched.stop()
  await t.test('a VM moves with both its addresses', (t) => moves(t, fleet, guests))
  await t.test('two networks with the same prefix never meet', (t) => strangers(t, fleet, guests))
  await t.test('a host dies, and comes back with an old specification', (t) =>
    ghost(t, fleet, guests),
  )
  await t.test('a host is told another BGP password', (t) => wrongPassword(t, fleet, guests))
})
