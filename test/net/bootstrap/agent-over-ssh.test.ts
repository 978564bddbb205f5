import { execFile, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import type { Test } from 'tap'
import { createTunnels, type SshTarget, sshKeyPair } from '../../../controller/bootstrap/index.ts'
import { startProgram, uploadProgram } from '../../../controller/bootstrap/programs.ts'
import { runRemote } from '../../../controller/bootstrap/remote-program.ts'
import { createHub } from '../../../controller/hub/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { inOwnNamespaces } from './own-namespaces.ts'

const run = promisify(execFile)
const server = '6b3e5c1a-0000-4000-8000-000000000001'

inOwnNamespaces(
  import.meta.filename,
  'a host is reached by SSH, its agent enrols and makes its network',
  scenario,
)

async function scenario(t: Test): Promise<void> {
  const home = await prepare()
  const [hostKey, ownKey] = ['host', 'own'].map((name) =>
    sshKeyPair(createHash('sha256').update(name).digest()),
  )
  if (!hostKey || !ownKey) throw new Error('no keys')
  await startSshd(home, hostKey.privateOpenssh, ownKey.publicOpenssh)
  const target: SshTarget = {
    address: '127.0.0.1',
    port: 2222,
    user: 'root',
    hostKey: hostKey.publicOpenssh,
    privateKey: ownKey.privateOpenssh,
    files: join(home, 'ssh'),
  }
  const quick = { args: [], deadlineMs: 20_000, onLine: () => undefined }

  await t.test('a server with another host key is not talked to', async (t) => {
    const other = sshKeyPair(randomBytes(32)).publicOpenssh
    await t.rejects(runRemote({ ...target, hostKey: other }, { ...quick, program: 'true' }), {
      code: 'EDGE_SSH_HOST_KEY',
    })
    const stranger = sshKeyPair(randomBytes(32)).privateOpenssh
    await t.rejects(runRemote({ ...target, privateKey: stranger }, { ...quick, program: 'true' }), {
      code: 'EDGE_SSH_DENIED',
    })
    await t.rejects(runRemote({ ...target, port: 2223 }, { ...quick, program: 'true' }), {
      code: 'EDGE_SSH_UNREACHABLE',
    })
  })

  await t.test(
    'a program gets its arguments and its secret lines, and names its step',
    async (t) => {
      const lines: unknown[] = []
      const program = `echo '{"step":"one"}'; read -r secret; printf '{"step":"two","did":"%s %s"}\\n' "$secret" "$1"; exit 3`
      await t.rejects(
        runRemote(target, {
          ...quick,
          program,
          args: ["it's $HOME"],
          input: { lines: ['a secret'] },
          onLine: (line) => lines.push(line),
        }),
        { code: 'EDGE_EQUIPMENT_FAILED', message: /"two"/ },
      )
      t.same(lines, [{ step: 'one' }, { step: 'two', did: "a secret it's $HOME" }])
    },
  )

  await t.test('the agent is unpacked by its hash, twice is harmless', async (t) => {
    const { file, hash } = await packAgent(home)
    for (const _ of ['first', 'second']) {
      await runRemote(target, { ...quick, program: uploadProgram, args: [hash], input: { file } })
    }
    await t.rejects(
      runRemote(target, {
        ...quick,
        program: uploadProgram,
        args: ['0'.repeat(64)],
        input: { file },
      }),
      { code: 'EDGE_EQUIPMENT_FAILED' },
      'another hash than the file has',
    )
    await symlink(hash, '/opt/edge-agent/current')
    const { stdout } = await run('/opt/edge-agent/current/edge-agent', ['version'])
    t.equal(stdout, '9.9.9\n')
  })

  const keys = new Map<string, string>()
  const clock = createClock()
  const hub = createHub({
    clock,
    logger: silent,
    epoch: 1,
    knownKey: async (name) => keys.get(name) ?? null,
    storeKey: async (name, key) => void keys.set(name, key),
  })
  const tunnels = createTunnels({ clock, logger: silent, attach: hub.attach })
  t.teardown(async () => {
    await tunnels.close()
    await hub.close()
  })
  let agent = startAgent()
  const wait = { withinMs: 20_000 }

  await t.test('its agent enrols through the tunnel and applies its first spec', async (t) => {
    hub.admit(server, 'one-time-token')
    tunnels.keep(server, target)
    await hub.waitEnrolled(server, wait)
    t.ok(keys.get(server))
    hub.setSpec(server, spec(1))
    t.match(await hub.waitApplied(server, 1, 1, wait), { ok: true, generation: 1, faults: [] })
    const { stdout } = await run('ip', ['-br', 'link', 'show', 'type', 'vxlan'])
    t.match(stdout, /scwpn\.7 /)
    t.match((await run('vtysh', ['-c', 'show evpn vni json'])).stdout, /"vxlanIf":"scwpn\.7"/)
    t.equal(agent.log().includes('a-shared-password'), false)
  })

  await t.test(
    'kill -9 of the agent: the next one replays, and the session comes back',
    async (t) => {
      agent.kill('SIGKILL')
      await delay(100)
      await run('ip', ['link', 'delete', 'scwpn.7'])
      agent = startAgent()
      await poll(async () => (await run('ip', ['link'])).stdout.includes('scwpn.7'))
      await poll(async () => hub.session(server)?.connected === true)
      hub.setSpec(server, spec(2))
      t.match(await hub.waitApplied(server, 1, 2, wait), { ok: true })
    },
  )

  await t.test('what somebody removes comes back by itself', async (t) => {
    await run('ip', ['link', 'delete', 'scwpn.7'])
    await poll(async () => (await run('ip', ['link'])).stdout.includes('scwpn.7'))
    const status = async () => {
      const argv = ['status', '--json']
      return JSON.parse((await run('/opt/edge-agent/current/edge-agent', argv)).stdout)
    }
    // It is told when the whole round is over, a moment after the device is back.
    await poll(async () => (await status()).report.repairs > 0)
    t.match(await status(), { server, connected: true, generation: 2, report: { generation: 2 } })
  })

  await t.test('a spec is planned without being applied', async (t) => {
    const file = join(home, 'spec.json')
    await writeFile(file, JSON.stringify({ ...spec(3), networks: [] }))
    const { stdout } = await run('/opt/edge-agent/current/edge-agent', ['plan', '--spec', file])
    t.match(stdout, /scwpn\.7/)
    t.match((await run('ip', ['link'])).stdout, /scwpn\.7/)
  })

  await t.test('a switch keeps the agent before it and removes what is older', async (t) => {
    await writeFile('/run/systemctl', '#!/bin/sh\nexit 0\n', { mode: 0o755 })
    await run('mount', ['--bind', '/run/systemctl', '/usr/bin/systemctl'])
    const first = await readlink('/opt/edge-agent/current')
    const lines = [await readFile('/etc/edge-agent/config.json', 'utf8'), 'another-token']
    const switchTo = async (hash: string) => {
      await mkdir(join('/opt/edge-agent', hash), { recursive: true })
      await runRemote(target, { ...quick, program: startProgram, args: [hash], input: { lines } })
      return (await readdir('/opt/edge-agent')).toSorted()
    }
    const [second, third] = ['b'.repeat(64), 'c'.repeat(64)]
    t.same(await switchTo(second), [first, second, 'current', 'previous'].toSorted())
    t.same(await switchTo(third), [second, third, 'current', 'previous'].toSorted())
    t.same(await switchTo(third), [second, third, 'current', 'previous'].toSorted(), 'twice')
    t.same(await readlink('/opt/edge-agent/previous'), second)
  })

  await t.test('installations of one host wait for each other', async (t) => {
    const said: unknown[] = []
    // Held until somebody says that he waits for it.
    const holder = spawn('flock', ['/run/edge-agent-install.lock', 'sh', '-c', 'echo held; cat'])
    await once(holder.stdout, 'data')
    const ended = once(holder, 'exit')
    const patience = setTimeout(() => holder.stdin.end(), 60_000)
    const input = { lines: ['{}', 'token'] }
    const onLine = ({ did }: { did?: unknown }) => {
      said.push(did)
      holder.stdin.end()
    }
    const args = ['c'.repeat(64)]
    await runRemote(target, { ...quick, program: startProgram, args, input, onLine })
    clearTimeout(patience)
    t.same(await ended, [0, null])
    t.match(said[0], /waits for an earlier installation/)
  })

  await t.test('SIGTERM stops it quickly and leaves the network alone', async (t) => {
    const begun = performance.now()
    agent.kill('SIGTERM')
    await agent.ended
    t.ok(performance.now() - begun < 30_000, 'well before systemd loses patience')
    t.match((await run('ip', ['link'])).stdout, /scwpn\.7/)
  })
}

async function overlay(path: string): Promise<void> {
  const [upper, work] = [`/run/layers${path}`, `/run/work${path}`]
  for (const directory of [upper, work]) await mkdir(directory, { recursive: true })
  const layers = `lowerdir=${path},upperdir=${upper},workdir=${work}`
  await run('mount', ['-t', 'overlay', 'overlay', '-o', layers, path])
}

/** Private copies of every directory the agent, FRR and sshd write to. */
async function prepare(): Promise<string> {
  await run('mount', ['--make-rprivate', '/'])
  await run('mount', ['-t', 'tmpfs', 'none', '/run'])
  for (const path of ['sshd', 'frr']) await mkdir(join('/run', path))
  // Layers and not empty directories: the clone itself may lie in one of them.
  for (const path of ['/etc', '/opt', '/var/lib', '/root']) await overlay(path)
  // What somebody's .bashrc does is not our subject.
  for (const file of ['.bashrc', '.profile', '.bash_profile', '.bash_login'])
    await rm(join('/root', file), { force: true })
  await mkdir('/opt/edge-agent', { recursive: true })
  await writeFile('/etc/frr/vtysh.conf', 'service integrated-vtysh-config\n')
  await run('chown', ['-R', 'frr:frr', '/run/frr', '/etc/frr'])
  const home = await mkdtemp('/run/test-')
  await run('ip', ['link', 'set', 'lo', 'up'])
  await run('ip', ['link', 'add', 'pub0', 'type', 'veth', 'peer', 'name', 'away0'])
  await run('ip', ['addr', 'add', '51.15.0.11/24', 'dev', 'pub0'])
  await run('ip', ['link', 'add', 'pn0', 'type', 'veth', 'peer', 'name', 'away1'])
  for (const name of ['pub0', 'away0', 'away1']) await run('ip', ['link', 'set', name, 'up'])
  await run('ip', ['route', 'add', 'default', 'via', '51.15.0.1'])
  for (const daemon of ['zebra', 'bgpd', 'bfdd']) await run(`/usr/lib/frr/${daemon}`, ['-d'])
  return home
}

async function startSshd(home: string, hostKey: string, client: string): Promise<void> {
  await writeFile(join(home, 'host'), hostKey, { mode: 0o600 })
  await writeFile(join(home, 'authorized'), `${client}\n`)
  const config = [
    'Port 2222',
    'ListenAddress 127.0.0.1',
    `HostKey ${join(home, 'host')}`,
    `AuthorizedKeysFile ${join(home, 'authorized')}`,
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'StrictModes no',
    'UsePAM no',
  ]
  await writeFile(join(home, 'sshd_config'), `${config.join('\n')}\n`)
  spawn('/usr/sbin/sshd', ['-D', '-f', join(home, 'sshd_config')], { stdio: 'inherit' }).unref()
  await poll(async () => (await run('ss', ['-ltn'])).stdout.includes(':2222'))
}

async function packAgent(home: string): Promise<{ file: string; hash: string }> {
  const parts = join(home, 'parts')
  await mkdir(parts)
  await build({
    entryPoints: [join(import.meta.dirname, '../../../agent/main.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: join(parts, 'agent.cjs'),
    define: { 'process.env.EDGECTL_VERSION': '"9.9.9"' },
    logLevel: 'error',
  })
  await writeFile(join(parts, 'node'), `#!/bin/sh\nexec ${process.execPath} "$@"\n`)
  const launcher =
    '#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nexec "$here/node" "$here/agent.cjs" "$@"\n'
  await writeFile(join(parts, 'edge-agent'), launcher)
  for (const name of ['node', 'edge-agent']) await chmod(join(parts, name), 0o755)
  const file = join(home, 'edge-agent.tar.gz')
  await run('tar', ['-C', parts, '-czf', file, 'node', 'agent.cjs', 'edge-agent'])
  await rm(parts, { recursive: true })
  const hash = createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
  await mkdir('/etc/edge-agent')
  await writeFile('/etc/edge-agent/config.json', JSON.stringify({ server }))
  await writeFile('/etc/edge-agent/token', 'one-time-token\n')
  return { file, hash }
}

function startAgent() {
  let text = ''
  const child = spawn('/opt/edge-agent/current/edge-agent', ['run'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr.on('data', (bytes) => {
    text += bytes
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  return { kill: (signal: NodeJS.Signals) => child.kill(signal), ended, log: () => text }
}

async function poll(look: () => Promise<boolean>): Promise<void> {
  for (let left = 200; left > 0; left--) {
    if (await look()) return
    await delay(100)
  }
  throw new Error('waited 20 s in vain')
}

function spec(generation: number): HostSpec {
  return {
    version: 1,
    epoch: 1,
    generation,
    server,
    hostname: 'em-1',
    public: { address: '51.15.0.11', neighbour: 'none' },
    underlay: {
      medium: { kind: 'link', device: 'pn0' },
      address: '10.180.0.11/22',
      gateway: null,
      mtu: 1500,
    },
    bgp: {
      asn: 65000,
      role: 'mesh',
      clusterId: null,
      neighbours: [{ address: '10.180.0.12', role: 'mesh' }],
      password: 'a-shared-password',
    },
    networks: [
      {
        id: 5,
        name: 'private',
        vni: 7,
        bridge: 'onebr7',
        device: 'scwpn.7',
        mtu: 1450,
        vteps: ['10.180.0.12'],
        gateway: '172.30.0.1/24',
        egress: 'none',
      },
    ],
    publicNetworks: [],
    elastics: [],
    ports: [],
    firewall: { management: [] },
    pools: { links: '100.96.0.0/11', elastic: '100.64.0.0/16' },
  }
}
