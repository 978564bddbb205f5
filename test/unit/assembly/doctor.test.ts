// The doctor over this controller's own rooms: what it makes of files, sessions and answers.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { createSiteDoctor, type SiteParts } from '../../../controller/assembly/doctor.ts'
import { defaults } from '../../../controller/config/index.ts'
import { states } from '../../../controller/documents/index.ts'
import { createClock } from '../../../lib/clock/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'site-doctor-'))
mkdirSync(join(directory, 'elastic'))
writeFileSync(join(directory, 'elastic/scaleway_vnm.rb'), '')
writeFileSync(join(directory, 'key.pub'), `ssh-ed25519 ${'A'.repeat(68)} one@front\n`)
/** Its clock is an hour behind. */
const cloud = createServer((_, response) => {
  response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString())
  response.writeHead(404).end()
})
t.before(() => new Promise<void>((resolve) => cloud.listen(0, '127.0.0.1', resolve)))
t.teardown(() => {
  cloud.close()
  rmSync(directory, { recursive: true })
})

const sessions = {
  'server-a': {
    ...{ server: 'server-a', connected: true, lastSeen: Date.now(), agent: '1.0.0', applied: null },
    report: { at: Date.now(), verdict: 'degraded', reasons: ['BGP to host-1 is Active'] },
  },
}

/** Only what the doctor may touch is there: anything else would throw. */
function parts(): SiteParts {
  const { port } = cloud.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const base = defaults(directory)
  return {
    version: '1.0.0',
    clock: createClock(),
    config: {
      ...base,
      ...{ scalewayUrl: url, stateDir: directory, oneKey: join(directory, 'key.pub') },
      ...{ profile: { ...base.profile, kvmPackages: [] }, oneform: { stock: url } },
    },
    one: {
      version: async () => '7.0.1',
      isLeader: async () => true,
      user: async () => ({ id: 0, name: 'oneadmin', gid: 0, gname: 'oneadmin', groups: [0] }),
    },
    documents: {
      providers: { census: async () => ({ ours: [], others: [] }) },
      provisions: { list: async () => [{ id: 7, body: { state: states.RUNNING } }] },
    },
    clouds: {},
    fleet: {
      facts: () => ({
        servers: [
          { server: 'server-a', hostname: 'host-0', publicAddress: '51.15.0.7' },
          { server: 'server-b', hostname: 'host-1', publicAddress: '51.15.0.8' },
        ],
      }),
    },
    hub: { session: (server: keyof typeof sessions) => sessions[server] },
  } as unknown as SiteParts
}

t.test('agents are those of the fleet’s servers, by their sessions', async (t) => {
  const { findings } = await createSiteDoctor(parts())()
  const of = (check: string) => findings.find((one) => one.check === check)
  t.match(of('agents'), {
    ...{ subject: 'provision 7', status: 'broken' },
    sentence: /1 of 2 .*host-1 \(51\.15\.0\.8, never seen/,
  })
  t.match(of('hosts'), { status: 'warning', sentence: /host-0 is degraded: BGP to host-1/ })
})

t.test(
  'files, clock and the stock server are looked at where the configuration has them',
  async (t) => {
    const { findings } = await createSiteDoctor(parts())()
    const of = (check: string) => findings.find((one) => one.check === check)
    t.match(of('elastic plug-in'), { status: 'ok' })
    t.match(of('SSH key'), { status: 'ok', sentence: /1 public key/ })
    t.match(of('agent'), { status: 'broken', sentence: /Cannot read the agent/ })
    t.match(of('state directory'), { status: 'ok' })
    t.match(of('Scaleway'), { status: 'ok' }, 'any answer is one')
    t.match(of('clock'), { status: 'warning', sentence: /36\d\d s ahead/ })
    t.match(of('stock OneForm'), { status: 'broken', sentence: /404/ })
  },
)
