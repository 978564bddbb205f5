import t from 'tap'
import { fleetHealth } from '../../../controller/fleet/index.ts'
import { provision, server } from './samples.ts'
import { createStage } from './stage.ts'

t.test(
  'a host is up to date once its agent took the newest state, and says so itself',
  async (t) => {
    const { fleet, sessions, reports } = createStage()
    const hub = { session: (name: string) => sessions.get(name) }
    const look = () =>
      fleetHealth({ fleet, hub }, 1).hosts.map(({ key, settled }) => [key, settled])
    t.strictSame(look(), [])
    await fleet.set(provision(2))
    const [first, second] = [server(1), server(2)]
    t.strictSame(look(), [
      [first.hostname, false],
      [second.hostname, false],
    ])
    reports(first.server, {})
    t.strictSame(look()[0], [first.hostname, true])

    const state = sessions.get(first.server)
    const applied = state?.applied
    if (!state || !applied) return t.fail('no session')
    const say = (change: object) =>
      sessions.set(first.server, { ...state, applied: { ...applied, ...change } })
    say({ ok: false, faults: ['Network red has no bridge'] })
    t.match(fleetHealth({ fleet, hub }, 1).hosts[0], {
      ...{ hostId: 11, address: '51.15.0.11', connected: true, lastSeen: 0 },
      ...{ settled: false, faults: ['Network red has no bridge'] },
    })
    say({ epoch: applied.epoch - 1 })
    t.strictSame(
      look()[0],
      [first.hostname, false],
      'what it took of another controller counts not',
    )
    say({ generation: applied.generation - 1 })
    t.strictSame(look()[0], [first.hostname, false])
    fleet.forget(1)
    t.strictSame(look(), [])
  },
)
