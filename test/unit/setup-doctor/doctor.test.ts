// The controller's half: everything is looked at at once, and nothing keeps the rest from being told.
import t from 'tap'
import { brokenBy, createDoctor, type DoctorParts } from '../../../controller/doctor/index.ts'
import { cloudFault } from '../../../lib/scaleway/index.ts'

const now = Date.parse('2026-12-01T00:00:00Z')
const never = () => new Promise<never>(() => {})

function parts(change: Partial<DoctorParts> = {}): DoctorParts {
  const connection = { access_key: 'SCWABC', project_id: 'p-1', zone: 'fr-par-2' }
  return {
    version: '1.0.0',
    clock: { now: () => now, patience: () => 200 },
    oned: {
      ...{ endpoint: 'http://127.0.0.1:2633/RPC2', auth: '/one_auth' },
      facts: async () => ({
        ...{ version: '7.0.1', leads: true },
        user: { name: 'oneadmin', gid: 0, gname: 'oneadmin', groups: [0] },
      }),
    },
    stateDirectory: async () => ({ path: '/var/lib/edgectl', writable: true, freeBytes: 1e9 }),
    sshClient: async () => '/usr/bin/ssh',
    sshKeys: async () => ({ file: '/id_rsa.pub', count: 1 }),
    agentArchive: async () => ({ file: '/agent.tar.gz', version: '1.0.0' }),
    plugIn: async () => ({ directory: '/elastic', files: ['scaleway_vnm.rb'] }),
    stock: null,
    packages: async () => ({ packages: [], repository: null, series: '', answers: [] }),
    scaleway: async () => ({ url: 'https://api.scaleway.com', nowMs: now }),
    providers: async () => [
      {
        id: 3,
        open: () => ({
          connection,
          access: async () => ({ expiresAt: undefined, lacking: [], tried: 7 }),
          offers: async () => [{ name: 'EM-A116X-SSD', enable: true, stock: 'available' }],
          quotas: async () => [],
        }),
      },
    ],
    provisions: async () => [
      { id: 7, state: 'RUNNING' },
      { id: 8, state: 'APPLYING' },
    ],
    agents: (id) => [
      {
        ...{ host: `host-0 of ${id}`, address: '51.15.0.7', connected: true, lastSeenMs: now },
        ...{ version: '1.0.0', report: { atMs: now, verdict: 'healthy', reasons: [] } },
      },
    ],
    ...change,
  }
}

const told = async (change?: Partial<DoctorParts>) => {
  const { findings } = await createDoctor(parts(change))()
  return new Map(
    findings.map(({ check, subject, ...verdict }) => [
      subject === null ? check : `${check} of ${subject}`,
      verdict,
    ]),
  )
}

t.test('in good order all is ok, and hosts are told of provisions that run', async (t) => {
  const findings = await told()
  t.strictSame(
    [...findings].filter(([, { status }]) => status !== 'ok').map(([name]) => name),
    ['packages'],
  )
  t.match(findings.get('agents of provision 7'), { sentence: /1 of 1/ })
  t.notOk(findings.has('agents of provision 8'), 'one that is being made has none yet')
  t.ok(findings.has('quotas of provider 3'))
})

t.test('a stock server is looked at where one is configured', async (t) => {
  t.notOk((await told()).has('stock OneForm'))
  const stock = (said: number | string) =>
    told({ stock: { url: 'http://127.0.0.1:13014', ask: async () => said } })
  t.match((await stock(200)).get('stock OneForm'), { status: 'ok' })
  t.match((await stock('ECONNREFUSED')).get('stock OneForm'), {
    status: 'broken',
    sentence: /13014 does not answer as one \(ECONNREFUSED\)/,
    fix: /"oneform\.stock"/,
  })
})

t.test('what hangs is told as such, and keeps nothing else waiting', async (t) => {
  const began = performance.now()
  const findings = await told({ scaleway: never, sshKeys: never, providers: never })
  t.ok(performance.now() - began < 2_000)
  t.match(findings.get('Scaleway'), { status: 'broken', sentence: /no answer within/ })
  t.match(findings.get('SSH key'), { status: 'broken' })
  t.match(findings.get('key'), { status: 'broken' })
  t.match(findings.get('agents of provision 7'), { status: 'ok' })
})

t.test('what is thrown is told with its own hint, or with a better one', async (t) => {
  const refused = cloudFault('EDGE_CLOUD_CREDENTIALS', 'Scaleway refused GET /x', {
    answer: '401 denied',
  })
  const findings = await told({
    providers: async () => [
      {
        id: 3,
        open: () => {
          throw refused
        },
      },
    ],
  })
  t.match(findings.get('key of provider 3'), {
    status: 'broken',
    sentence: 'Scaleway refused GET /x — answer: 401 denied',
    fix: 'Check the access key and secret key of the provider.',
  })
  t.match(brokenBy(refused, 'Do this'), { fix: 'Do this' })
  t.match(brokenBy(new Error('odd')), { sentence: 'odd', fix: /journalctl/ })
})

t.test('without providers somebody is told how to make one', async (t) => {
  const findings = await told({ providers: async () => [] })
  t.match(findings.get('key'), { status: 'ok', sentence: /edgectl provider create/ })
})

t.test('those who ask while it looks share the next look', async (t) => {
  let looks = 0
  const examine = createDoctor(
    parts({
      async sshClient() {
        looks++
        return '/usr/bin/ssh'
      },
    }),
  )
  await Promise.all([examine(), examine(), examine(), examine()])
  t.equal(looks, 2)
})
