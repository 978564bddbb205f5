// Each check of the set-up by itself: what is found, in which words, and what to do about it.
import t from 'tap'
import { ok } from '../../../controller/doctor/finding.ts'
import { judgeKey, judgePermissions } from '../../../controller/doctor/judge-access.ts'
import { judgeArchive } from '../../../controller/doctor/judge-agent-archive.ts'
import {
  type AgentFacts,
  judgeAgents,
  judgeHosts,
} from '../../../controller/doctor/judge-agents.ts'
import { judgeClock } from '../../../controller/doctor/judge-clock.ts'
import { judgeConfiguration, judgeSecrecy } from '../../../controller/doctor/judge-configuration.ts'
import {
  judgeController,
  judgeLogin,
  judgeTransport,
} from '../../../controller/doctor/judge-controller.ts'
import { judgeElasticDriver, judgeIpamDriver } from '../../../controller/doctor/judge-drivers.ts'
import {
  judgePlugIn,
  judgeSshClient,
  judgeStateDirectory,
} from '../../../controller/doctor/judge-files.ts'
import { judgeFrontEnd, judgePrograms } from '../../../controller/doctor/judge-front-end.ts'
import { judgeControllersOned, judgeVersion } from '../../../controller/doctor/judge-oned.ts'
import { judgePackages } from '../../../controller/doctor/judge-packages.ts'
import { judgePort } from '../../../controller/doctor/judge-port.ts'
import { judgeProvisions } from '../../../controller/doctor/judge-provision.ts'
import { judgeSocket } from '../../../controller/doctor/judge-socket.ts'
import { judgeQuotas, judgeZone } from '../../../controller/doctor/judge-supply.ts'
import { judgeUnit } from '../../../controller/doctor/judge-unit.ts'

const endpoint = 'http://127.0.0.1:2633/RPC2'
const oneadmin = { name: 'oneadmin', gid: 0, gname: 'oneadmin', groups: [0] }
const alice = { name: 'alice', gid: 1, gname: 'users', groups: [1] }

t.test('oned must be of a series that edgectl was made for', async (t) => {
  const judge = (version: string) => judgeVersion({ endpoint, version })
  t.match(judge('7.0.1'), { status: 'ok', sentence: /2633.*version 7\.0\.1/, fix: null })
  t.match(judge('6.10.0'), { status: 'broken', sentence: /needs 7\.x/, fix: /Upgrade OpenNebula/ })
  t.match(judge('8.0.0'), { status: 'warning', sentence: /newer than this edgectl knows/ })
  t.equal(judge('who knows').status, 'broken')
})

t.test('the controller’s oned must lead, and take it for an administrator', async (t) => {
  const facts = { endpoint, version: '7.0.1', leads: true }
  const file = '/var/lib/one/.one/one_auth'
  t.equal(judgeControllersOned(facts, oneadmin, file).status, 'ok')
  t.match(judgeControllersOned(facts, alice, file), {
    status: 'broken',
    sentence: /alice of .*one_auth is in group users/,
    fix: /Write oneadmin’s user:password to .*one_auth/,
  })
  t.match(judgeControllersOned({ ...facts, leads: false }, oneadmin, file), {
    status: 'broken',
    sentence: /does not lead its zone/,
    fix: /onezone show 0/,
  })
  const second = { ...alice, groups: [1, 0] }
  t.equal(judgeControllersOned(facts, second, file).status, 'ok', 'oneadmin as a second group')
})

const account = { provider: 3, accessKey: 'SCWABC', projectId: 'p-1' }
const now = Date.parse('2026-12-01T00:00:00Z')
const full = { expiresAt: undefined, lacking: [], tried: 7 }

t.test('a key that will soon end is told before it does', async (t) => {
  const judge = (expiresAt: Date | undefined) => judgeKey({ ...full, expiresAt }, account, now)
  t.match(judge(undefined), { status: 'ok', sentence: /SCWABC/ })
  t.equal(judge(new Date('2027-12-01T00:00:00Z')).status, 'ok')
  t.match(judge(new Date('2026-12-04T00:00:00Z')), {
    status: 'warning',
    sentence: /until 2026-12-04, 3 days from now.*provider 3/,
    fix: /Prolong the key/,
  })
})

t.test('permission sets that are missing are named, each once', async (t) => {
  t.equal(judgePermissions(full, account).status, 'ok')
  const lacking = [
    { what: 'VPCs', permission: 'VPCFullAccess' },
    { what: 'servers', permission: 'ElasticMetalFullAccess' },
    { what: 'flexible IPs', permission: 'ElasticMetalFullAccess' },
  ]
  t.match(judgePermissions({ ...full, lacking }, account), {
    status: 'broken',
    sentence: /may not read VPCs, servers, flexible IPs/,
    fix: /Give .* VPCFullAccess, ElasticMetalFullAccess on project p-1/,
  })
  t.match(judgePermissions({ ...full, lacking, tried: 3 }, account), {
    status: 'broken',
    sentence: /nothing in project p-1.*no such project/,
  })
})

t.test('a zone without servers and a quota without room are told', async (t) => {
  const offer = { name: 'EM-A116X-SSD', enable: true, stock: 'low' }
  t.match(judgeZone('fr-par-2', [offer]), { status: 'ok', sentence: /fr-par-2 has EM-A116X-SSD/ })
  t.match(judgeZone('fr-par-2', [{ ...offer, stock: 'empty' }]), { status: 'warning', fix: /zone/ })
  t.match(judgeZone('fr-par-3', []), { status: 'broken', sentence: /no Elastic Metal/ })
  t.match(judgeQuotas(undefined), { status: 'skipped', sentence: /Quotas cannot be read/ })
  const room = { quota: 'ssh_keys', limit: 50, used: 3 }
  t.equal(judgeQuotas([room]).status, 'ok')
  t.match(judgeQuotas([room, { quota: 'flexible_ips', limit: 64, used: 60 }]), {
    status: 'warning',
    sentence: /flexible_ips 60 of 64$/,
  })
  t.equal(
    judgeQuotas([{ quota: 'EM_B112X_SSD', limit: 0, used: 0 }]).status,
    'ok',
    'what nobody uses is in nobody’s way',
  )
})

t.test('the agent’s archive must be of the controller’s version', async (t) => {
  const file = '/usr/lib/edgectl/edge-agent.tar.gz'
  t.equal(judgeArchive({ file, version: '1.2.3' }, '1.2.3').status, 'ok')
  t.match(judgeArchive({ file, version: '1.2.2' }, '1.2.3'), { status: 'warning', fix: /install/ })
  t.match(judgeArchive({ file, version: undefined }, '1.2.3'), { status: 'broken' })
})

t.test('a clock that differs by half a minute is told, whichever way', async (t) => {
  t.equal(judgeClock(now + 20_000, now, 'Scaleway').status, 'ok')
  t.match(judgeClock(now + 90_000, now, 'Scaleway'), {
    status: 'warning',
    sentence: /90 s ahead of that of Scaleway/,
    fix: /timedatectl set-ntp true/,
  })
  t.match(judgeClock(now - 90_000, now, 'Scaleway'), { sentence: /90 s behind/ })
  t.equal(judgeClock(now, undefined, 'Scaleway').status, 'skipped')
})

t.test('packages of oned’s series must be there for the systems that hosts get', async (t) => {
  const facts = {
    packages: ['opennebula-node-kvm'],
    repository: 'https://me:pw@repo',
    series: '7.5',
  }
  const answers = (...said: (number | string)[]) =>
    said.map((one, index) => ({ system: ['Ubuntu 22.04', 'Ubuntu 24.04'][index] ?? '', said: one }))
  const judge = (...said: (number | string)[]) =>
    judgePackages({ ...facts, answers: answers(...said) })
  t.match(judge(200, 200), { status: 'ok', sentence: /repo has OpenNebula 7.5/ })
  t.match(judge(404, 404), {
    status: 'broken',
    sentence: /no OpenNebula 7.5 for Ubuntu 22.04 \(it answers 404\)/,
    fix: /profile.repository/,
  })
  t.match(judge(404, 200), { status: 'warning', fix: /instance_os_name of Ubuntu 24.04/ })
  t.match(judge('ENOTFOUND', 200), { status: 'warning', sentence: /from here \(ENOTFOUND\)/ })
  t.match(judge(503, 200), { status: 'warning', sentence: /\(503\)/ })
  for (const verdict of [judge(200, 200), judge(404, 404), judge('ENOTFOUND')])
    t.notMatch(JSON.stringify(verdict), /pw/, 'the login stays untold')
  t.equal(judgePackages({ ...facts, packages: [], answers: [] }).status, 'skipped')
  t.equal(judgePackages({ ...facts, repository: null, answers: [] }).status, 'skipped')
})

t.test('what the controller needs on its machine is told by path', async (t) => {
  const path = '/var/lib/edgectl'
  const judge = (writable: boolean, freeBytes: number) =>
    judgeStateDirectory({ path, writable, freeBytes })
  t.equal(judge(true, 1e9).status, 'ok')
  t.match(judge(true, 1e6), { status: 'warning', sentence: /0 MB are free/ })
  t.match(judge(false, 1e9), { status: 'broken', fix: 'chown -R oneadmin: /var/lib/edgectl' })
  t.equal(judgePlugIn({ directory: '/d', files: ['scaleway_vnm.rb'] }).status, 'ok')
  t.match(judgePlugIn({ directory: '/d', files: [] }), {
    status: 'broken',
    fix: /install-frontend/,
  })
  t.equal(judgePlugIn({ directory: '/d', files: undefined }).status, 'broken')
  t.equal(judgeSshClient('/usr/bin/ssh').status, 'ok')
  t.match(judgeSshClient(undefined), { status: 'broken', fix: /apt-get install openssh-client/ })
})

t.test('provisions that stand still are named with what goes on', async (t) => {
  t.match(judgeProvisions([]), { status: 'ok', sentence: /no provisions/ })
  const running = { id: 4, state: 'RUNNING' }
  t.match(judgeProvisions([running, { id: 5, state: 'DONE' }]), {
    status: 'ok',
    sentence: '1 provision: 1 RUNNING',
  })
  t.match(judgeProvisions([running, { id: 6, state: 'APPLYING_FAILURE' }]), {
    status: 'warning',
    sentence: /6 is in APPLYING_FAILURE/,
    fix: /edgectl provision retry 6/,
  })
})

t.test('agents must be connected, of this version, and know the time', async (t) => {
  const moment = { controller: '1.0.0', nowMs: now }
  const report = { atMs: now, verdict: 'healthy', reasons: [] } as const
  const host: AgentFacts = {
    ...{ host: 'host-0', address: '51.15.0.7', connected: true, lastSeenMs: now },
    ...{ version: '1.0.0', report },
  }
  const judge = (change: Partial<AgentFacts>) =>
    judgeAgents([host, { ...host, host: 'host-1', ...change }], moment)
  t.match(judge({}), { status: 'ok', sentence: /2 of 2/ })
  t.match(judge({ connected: false, lastSeenMs: now - 90_000 }), {
    status: 'broken',
    sentence: /1 of 2 agents.*host-1 \(51.15.0.7, silent for 90 s\)/,
    fix: /systemctl status edge-agent/,
  })
  t.match(judge({ connected: false, lastSeenMs: null }), { sentence: /never seen since/ })
  t.match(judge({ version: '0.9.0' }), { status: 'warning', sentence: /host-1 0.9.0/ })
  t.match(judge({ report: { ...report, atMs: now - 300_000 } }), {
    status: 'warning',
    sentence: /host-1 by -300 s/,
    fix: /timedatectl/,
  })
  t.equal(judgeAgents([], moment).status, 'skipped')
})

t.test('the worst health of a provision’s hosts counts, with its reasons', async (t) => {
  const host = (
    name: string,
    verdict: 'healthy' | 'degraded' | 'failed',
    reasons: string[] = [],
  ) => ({
    ...{ host: name, address: '51.15.0.7', connected: true, lastSeenMs: now, version: '1.0.0' },
    report: { atMs: now, verdict, reasons },
  })
  t.match(judgeHosts([host('host-0', 'healthy')]), { status: 'ok', sentence: /1 of 1/ })
  t.match(
    judgeHosts([host('host-0', 'healthy'), host('host-1', 'degraded', ['a', 'b', 'c', 'd'])]),
    {
      status: 'warning',
      sentence: 'host-1 is degraded: a, b, c, and 1 more',
      fix: /edge-agent doctor/,
    },
  )
  t.match(judgeHosts([host('host-0', 'degraded', ['x']), host('host-1', 'failed', ['y'])]), {
    status: 'broken',
    sentence: /^host-1 is failed: y; host-0 is degraded: x$/,
  })
  t.equal(judgeHosts([{ ...host('host-0', 'failed'), connected: false }]).status, 'skipped')
})

t.test('a machine is a front-end with both, or none', async (t) => {
  const judge = (openNebula: boolean, edgectl: boolean) => judgeFrontEnd({ openNebula, edgectl })
  t.equal(judge(true, true).status, 'ok')
  t.match(judge(true, false), { status: 'broken', fix: /install-frontend/ })
  t.match(judge(false, true), { status: 'broken', fix: /Run the controller on the front-end/ })
  t.match(judge(false, false), { status: 'skipped', sentence: /no front-end/ })
})

const program = (path: string, change = {}) => ({
  ...{ path, there: true, executable: true, version: '1.0.0', ...change },
})

t.test('programs and drivers must be there, executable, and of one version', async (t) => {
  for (const judge of [
    (all: ReturnType<typeof program>[]) => judgePrograms(all, '1.0.0'),
    (all: ReturnType<typeof program>[]) => judgeIpamDriver('/d', all, '1.0.0'),
  ]) {
    t.equal(judge([program('/d/a'), program('/d/b')]).status, 'ok')
    t.match(judge([program('/d/a'), program('/d/b', { executable: false })]), {
      status: 'broken',
      fix: 'chmod 755 /d/b',
    })
    t.match(judge([program('/d/a', { there: false })]), {
      status: 'broken',
      fix: /scripts\/install-frontend/,
    })
    t.match(judge([program('/d/a', { version: '0.9.0' })]), {
      status: 'broken',
      sentence: /0\.9\.0/,
    })
  }
  t.equal(judgeElasticDriver('/e', [program('/e/post')]).status, 'ok')
  t.match(judgeElasticDriver('/e', [program('/e/post', { there: false })]), {
    status: 'broken',
    sentence: /\/e\/post/,
    fix: /reinstall/,
  })
})

t.test('the configuration must be sound, and nobody else’s to write', async (t) => {
  const facts = {
    ...{ path: '/etc/edgectl/edgectl.json', mode: 0o100644, refused: undefined },
    ...{ hasLogin: false, host: '127.0.0.1' },
  }
  const judge = (change: Partial<typeof facts> | { mode: undefined } | { refused: string }) =>
    judgeConfiguration({ ...facts, ...change })
  t.equal(judge({}).status, 'ok')
  t.match(judge({ mode: undefined }), {
    status: 'ok',
    sentence: /no .*edgectl.json: all is default/,
  })
  t.match(judge({ refused: 'scoket is unknown' }), {
    status: 'broken',
    sentence: 'scoket is unknown',
    fix: /Correct .*edgectl.json/,
  })
  t.match(judge({ mode: 0o100666 }), {
    status: 'broken',
    fix: 'chmod go-w /etc/edgectl/edgectl.json',
  })
  t.match(judge({ hasLogin: true }), { status: 'warning', fix: /chmod 640/ })
  t.equal(judge({ hasLogin: true, mode: 0o100640 }).status, 'ok')
  t.match(judge({ host: '0.0.0.0' }), { status: 'warning', sentence: /without TLS/ })
  const path = '/var/lib/one/.one/one_auth'
  t.equal(judgeSecrecy({ path, mode: 0o100600 }, ok('sound')).sentence, 'sound')
  t.match(judgeSecrecy({ path, mode: 0o100644 }, ok('sound')), {
    status: 'warning',
    fix: `chmod 600 ${path}`,
  })
})

t.test('the unit must run, and come again after a reboot', async (t) => {
  const facts = { load: 'loaded', file: 'enabled', active: 'active', sub: 'running', restarts: 0 }
  t.equal(judgeUnit(facts).status, 'ok')
  t.match(judgeUnit({ ...facts, load: 'not-found' }), { status: 'broken', fix: /install-frontend/ })
  t.match(judgeUnit({ ...facts, active: 'inactive' }), {
    status: 'broken',
    fix: 'systemctl start edgectl',
  })
  t.match(judgeUnit({ ...facts, active: 'failed' }), { status: 'broken', fix: /journalctl/ })
  t.match(judgeUnit({ ...facts, active: 'activating', sub: 'auto-restart', restarts: 9 }), {
    status: 'broken',
    sentence: /after 9 restarts/,
  })
  t.match(judgeUnit({ ...facts, file: 'disabled' }), {
    status: 'warning',
    fix: 'systemctl enable edgectl',
  })
})

t.test('drivers must find the controller, and get an answer', async (t) => {
  const path = '/run/edgectl/edgectl.sock'
  const judge = (outcome: string, drivers: string | undefined = path) =>
    judgeSocket({ path, drivers, outcome })
  t.equal(judge('answers').status, 'ok')
  t.match(judge('answers', '/tmp/other.sock'), {
    status: 'broken',
    sentence: /at \/tmp\/other.sock .* listens on \/run\/edgectl\/edgectl.sock/,
    fix: /ipam.json/,
  })
  t.match(judgeSocket({ path, drivers: undefined, outcome: 'answers' }), { status: 'broken' })
  t.match(judge('ENOENT'), { status: 'broken', fix: 'systemctl restart edgectl' })
  t.match(judge('ECONNREFUSED'), { status: 'broken', sentence: /ECONNREFUSED/ })
  t.match(judge('mute'), { status: 'broken' })
  t.match(judge('EACCES'), { status: 'skipped', fix: /as root or oneadmin/ })
  t.match(judge('staged'), { status: 'skipped', sentence: /will listen/ })
  t.equal(judge('staged', '/tmp/other.sock').status, 'broken')
})

t.test('the port is the controller’s, free, or another server’s that is named', async (t) => {
  const judge = (meeting: Parameters<typeof judgePort>[1]) =>
    judgePort({ host: '127.0.0.1', port: 13013 }, meeting)
  t.match(judge({ kind: 'met', version: '1.0.0' }), { status: 'ok' })
  t.match(judge({ kind: 'silent', why: 'ECONNREFUSED' }), { status: 'ok', sentence: /Nobody else/ })
  t.match(judge({ kind: 'stock' }), {
    status: 'broken',
    sentence: /^A stock OneForm server holds 127\.0\.0\.1:13013/,
    fix: /:port: 13014.*oneform-server\.conf.*docs\/beside-oneform\.md/,
  })
  t.match(judge({ kind: 'strange', why: 'it answered 502' }), {
    status: 'broken',
    sentence: /502/,
    fix: /ss -ltnp/,
  })
  t.match(judge({ kind: 'silent', why: 'no answer in time' }), { status: 'skipped' })
  for (const kind of ['refused', 'unsure'] as const)
    t.match(judge({ kind, why: 'oned is away' }), { status: 'skipped', sentence: /login/ })
})

t.test('a controller is met, silent, stock, or something else', async (t) => {
  const place = { value: 'http://localhost:13013/', from: 'the default' }
  const judge = (meeting: Parameters<typeof judgeController>[1]) =>
    judgeController(place, meeting, { version: '1.0.0', port: undefined })
  t.match(judge({ kind: 'met', version: '1.0.0' }), { status: 'ok' })
  t.match(judge({ kind: 'met', version: '0.9.0' }), {
    status: 'warning',
    sentence: /0\.9\.0.*1\.0\.0/,
  })
  t.match(judge({ kind: 'refused' }), { status: 'ok' })
  t.match(judge({ kind: 'unsure', why: 'oned is away' }), { status: 'ok' })
  t.match(judge({ kind: 'silent', why: 'ECONNREFUSED' }), {
    status: 'broken',
    sentence: /http:\/\/localhost:13013\/ \(from the default\): ECONNREFUSED/,
    fix: /systemctl start edgectl/,
  })
  const port = (port: number) =>
    judgeController(place, { kind: 'silent', why: 'x' }, { version: '1.0.0', port }).fix
  t.match(port(13014), /http:\/\/localhost:13014, where the configuration of this machine has it/)
  t.notMatch(port(13013), /configuration/)
  t.match(judge({ kind: 'stock' }), { status: 'broken', sentence: /stock OneForm/ })
  t.match(judge({ kind: 'strange', why: 'it answered 502' }), { status: 'broken', sentence: /502/ })
  const login = { value: 'alice', from: 'ONE_AUTH' }
  t.match(judgeLogin(login, { kind: 'refused' }), {
    status: 'broken',
    sentence: /alice \(from ONE_AUTH\)/,
    fix: /ONEFORM_USER/,
  })
  t.equal(judgeLogin(login, { kind: 'met', version: '1.0.0' }).status, 'ok')
  t.match(judgeLogin(login, { kind: 'unsure', why: 'oned is away' }), {
    status: 'broken',
    sentence: /oned is away/,
  })
  t.equal(judgeLogin(login, { kind: 'stock' }).status, 'skipped')
})

t.test('a password goes in clear to loopback only', async (t) => {
  const judge = (url: string) => judgeTransport(new URL(url))
  for (const url of [
    'http://localhost:13013',
    'http://127.0.0.1:1',
    'http://[::1]:1',
    'https://far',
  ])
    t.equal(judge(url).status, 'ok', url)
  t.match(judge('http://one.example.com:13013'), {
    status: 'warning',
    sentence: /in clear/,
    fix: /ssh -L 13013:localhost:13013 one.example.com/,
  })
})
