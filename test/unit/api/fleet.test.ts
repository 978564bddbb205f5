import t from 'tap'
import { call, makeProvision, open } from './calls.ts'

t.test('how the hosts of a provision are is told to who may see it', async (t) => {
  const it = open(t)
  const id = await makeProvision(it)
  const path = `GET /api/v1/provisions/${id}/fleet`
  t.strictSame(JSON.parse((await call(it, path)).text), { hosts: [], refusals: [] })
  it.fleets.set(id, {
    hosts: [
      {
        ...{ hostId: 12, key: 'host-0', server: 's', address: '51.15.0.11', connected: true },
        ...{ lastSeen: 1_700_000_000_500, verdict: 'degraded', reasons: ['BGP to b is down'] },
        ...{ versions: null, settled: false, faults: [] },
      },
    ],
    refusals: ['Network 3 has the gateway 0.0.0.1'],
  })
  t.strictSame(JSON.parse((await call(it, path)).text), {
    hosts: [
      {
        ...{ host_id: 12, key: 'host-0', server: 's', address: '51.15.0.11', connected: true },
        ...{ verdict: 'degraded', reasons: ['BGP to b is down'], versions: null },
        ...{ settled: false, faults: [], last_seen: 1_700_000_000 },
      },
    ],
    refusals: ['Network 3 has the gateway 0.0.0.1'],
  })
  t.equal((await call(it, path, undefined, 'alice:wonder')).status, 403)
})
