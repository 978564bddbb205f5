import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import {
  letIn,
  type SshTarget,
  type StandingLogin,
  sshKeyPair,
} from '../../../controller/bootstrap/index.ts'
import { loginProgram } from '../../../controller/bootstrap/login-program.ts'
import { runRemote } from '../../../controller/bootstrap/remote-program.ts'
import { inOwnNamespaces } from './own-namespaces.ts'

const run = promisify(execFile)
const [ip, external] = ['172.27.9.5', '163.172.5.1']
const snat = ['POSTROUTING', '-s', `${ip}/32`, '-j', 'SNAT', '--to-source', external]
const dnat = ['PREROUTING', '-d', `${external}/32`, '-j', 'DNAT', '--to-destination', ip]
const others = ['POSTROUTING', '-s', '10.9.9.9/32', '-j', 'SNAT', '--to-source', external]
const rulesFile = '/etc/iptables/rules.v4'
const keysFile = '/root/.ssh/authorized_keys'

inOwnNamespaces(
  import.meta.filename,
  'a server that others installed lets us in, by the host key that they know',
  scenario,
)

async function scenario(t: Test): Promise<void> {
  const [hostKey, oneKey, ownKey] = ['host', 'one', 'own'].map((seed) =>
    sshKeyPair(createHash('sha256').update(seed).digest()),
  )
  if (!hostKey || !oneKey || !ownKey) throw new Error('no keys')
  const home = await prepare(hostKey, oneKey.publicOpenssh)
  const known = join(home, 'known_hosts')
  await writeFile(known, `[127.0.0.1]:2222 ${hostKey.publicOpenssh}\n`)
  await writeFile(join(home, 'one'), oneKey.privateOpenssh, { mode: 0o600 })
  const place = { address: '127.0.0.1', port: 2222, user: 'root' }
  const standing: StandingLogin = {
    ...{ ...place, identityFile: join(home, 'one'), knownHostsFile: known },
  }
  const own = (hostKey: string): SshTarget => ({
    ...{ ...place, hostKey, privateKey: ownKey.privateOpenssh, files: join(home, 'ssh') },
  })
  const open = (target: StandingLogin) =>
    letIn({
      ...{ target, publicKey: ownKey.publicOpenssh, devices: ['eno1.21', 'eno1', 'nothing.7'] },
      addresses: [{ ip, external }],
    })
  const login = (target: SshTarget) =>
    runRemote(target, { program: loginProgram, args: [], deadlineMs: 20_000, onLine: () => {} })

  t.test('not while its host key is not known', async (t) => {
    const stranger = sshKeyPair(Buffer.alloc(32, 9)).publicOpenssh
    for (const text of ['', `[127.0.0.1]:2222 ${stranger}\n`]) {
      const knownHostsFile = join(home, 'others')
      await writeFile(knownHostsFile, text)
      await t.rejects(open({ ...standing, knownHostsFile }), { code: 'EDGE_SSH_HOST_KEY' })
    }
    t.equal(await readFile(keysFile, 'utf8'), oneKey.publicOpenssh.trim(), 'nothing was changed')
    t.ok(await has('eno1.21'))
  })
  const told = await open(standing)
  t.equal(told, hostKey.publicOpenssh.split(' ').slice(0, 2).join(' '))
  await login(own(told))
  await t.rejects(login(own(ownKey.publicOpenssh)), { code: 'EDGE_SSH_HOST_KEY' })

  t.notOk(await has('eno1.21'), 'the overlay on the public interface is gone')
  t.ok(await has('eno1'), 'what is no VXLAN device stays')
  t.ok(await has('eno1.22'), 'what was not named stays')
  const { stdout: rules } = await run('iptables', ['-w', '3', '-t', 'nat', '-S'])
  t.notMatch(rules, ip)
  t.match(rules, '10.9.9.9', 'rules of others stay')
  t.equal(await readFile(rulesFile, 'utf8'), `*nat\n-A ${others.join(' ')}\nCOMMIT\n`)

  t.equal(await open(standing), told, 'twice is harmless')
  const keys = (await readFile(keysFile, 'utf8')).trim().split('\n')
  t.strictSame(keys, [oneKey.publicOpenssh.trim(), ownKey.publicOpenssh.trim()])

  t.test('and says what to do where it has no key that we take', async (t) => {
    await rm('/etc/ssh/ssh_host_ed25519_key.pub')
    await t.rejects(open(standing), { code: 'EDGE_EQUIPMENT_FAILED', message: /host-key/ })
  })
}

async function has(device: string): Promise<boolean> {
  return await run('ip', ['link', 'show', 'dev', device]).then(
    () => true,
    () => false,
  )
}

/** A server with its stock leftovers, and sshd with that host key, which lets one key in. */
async function prepare(hostKey: ReturnType<typeof sshKeyPair>, client: string): Promise<string> {
  await run('mount', ['--make-rprivate', '/'])
  await run('mount', ['-t', 'tmpfs', 'none', '/run'])
  for (const path of ['/etc', '/root']) await overlay(path)
  for (const path of ['/run/sshd', '/etc/iptables', '/root/.ssh', '/etc/ssh'])
    await mkdir(path, { recursive: true })
  const home = await mkdtemp('/run/test-')
  // Without a line end, as people leave it.
  await writeFile(keysFile, client.trim(), { mode: 0o600 })
  const file = '/etc/ssh/ssh_host_ed25519_key'
  await writeFile(file, hostKey.privateOpenssh, { mode: 0o600 })
  await writeFile(`${file}.pub`, `${hostKey.publicOpenssh}\n`)
  await run('ip', ['link', 'set', 'lo', 'up'])
  await run('ip', ['link', 'add', 'eno1', 'type', 'veth', 'peer', 'name', 'away0'])
  for (const id of ['21', '22'])
    await run('ip', [
      ...['link', 'add', `eno1.${id}`, 'type', 'vxlan', 'id', id],
      ...['dev', 'eno1', 'dstport', '8472'],
    ])
  const rules = [snat, snat, dnat, others]
  for (const rule of rules) await run('iptables', ['-w', '3', '-t', 'nat', '-A', ...rule])
  const saved = rules.map((rule) => `-A ${rule.join(' ')}`)
  await writeFile(rulesFile, `*nat\n${saved.join('\n')}\nCOMMIT\n`)
  await startSshd(home, file)
  return home
}

async function startSshd(home: string, hostKey: string): Promise<void> {
  const config = [
    ...['Port 2222', 'ListenAddress 127.0.0.1', `HostKey ${hostKey}`, 'UsePAM no'],
    ...[`AuthorizedKeysFile ${keysFile}`, 'PasswordAuthentication no', 'StrictModes no'],
    'PermitRootLogin prohibit-password',
  ]
  await writeFile(join(home, 'sshd_config'), `${config.join('\n')}\n`)
  spawn('/usr/sbin/sshd', ['-D', '-f', join(home, 'sshd_config')], { stdio: 'inherit' }).unref()
  for (let left = 200; !(await run('ss', ['-ltn'])).stdout.includes(':2222'); left--) {
    if (left === 0) throw new Error('sshd does not listen')
    await delay(100)
  }
}

/** A private copy of a directory. */
async function overlay(path: string): Promise<void> {
  const [upper, work] = [`/run/layers${path}`, `/run/work${path}`]
  for (const directory of [upper, work]) await mkdir(directory, { recursive: true })
  const layers = `lowerdir=${path},upperdir=${upper},workdir=${work}`
  await run('mount', ['-t', 'overlay', 'overlay', '-o', layers, path])
}
