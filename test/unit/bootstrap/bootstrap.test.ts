import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import {
  agentHash,
  cloudConfig,
  createTunnels,
  type SshTarget,
  sshKeyPair,
  type Tunnel,
} from '../../../controller/bootstrap/index.ts'
import { loginProgram } from '../../../controller/bootstrap/login-program.ts'
import {
  prepareProgram,
  startProgram,
  uploadProgram,
} from '../../../controller/bootstrap/programs.ts'
import { failure, runRemote } from '../../../controller/bootstrap/remote-program.ts'
import { quoted, sshCommand } from '../../../controller/bootstrap/ssh-command.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { silent } from '../../../lib/log/index.ts'

const run = promisify(execFile)
const seed = createHash('sha256').update('a seed').digest()

async function scratch(t: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bootstrap-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  return directory
}

async function targetIn(t: Test): Promise<SshTarget> {
  return {
    address: '51.15.0.11',
    user: 'ubuntu',
    hostKey: sshKeyPair(seed, 'host').publicOpenssh,
    privateKey: sshKeyPair(seed).privateOpenssh,
    files: join(await scratch(t), 'ssh'),
  }
}

t.test('ssh-keygen reads our private keys and finds the same public ones', async (t) => {
  const directory = await scratch(t)
  for (const comment of ['edgectl', '', 'a longer comment', 'x'.repeat(7)]) {
    const pair = sshKeyPair(seed, comment)
    const file = join(directory, `key-${comment.length}`)
    await writeFile(file, pair.privateOpenssh, { mode: 0o600 })
    const { stdout: publicKey } = await run('ssh-keygen', ['-y', '-f', file])
    t.equal(publicKey.trim(), pair.publicOpenssh.trim())
    await writeFile(`${file}.pub`, `${pair.publicOpenssh}\n`)
    const { stdout: print } = await run('ssh-keygen', ['-l', '-f', `${file}.pub`])
    t.match(print, /^256 SHA256:\S+ .*\(ED25519\)/)
  }
})

t.test('a seed always gives the same key, another seed another one', async (t) => {
  t.same(sshKeyPair(seed), sshKeyPair(Buffer.from(seed)))
  t.not(sshKeyPair(seed).publicOpenssh, sshKeyPair(Buffer.alloc(32)).publicOpenssh)
  t.throws(() => sshKeyPair(Buffer.alloc(31)), RangeError)
})

t.test('the user data is cloud-config with the host key and no other', async (t) => {
  const hostKey = sshKeyPair(seed)
  const [head, ...body] = cloudConfig({ hostKey }).split('\n')
  t.equal(head, '#cloud-config')
  t.same(JSON.parse(body.join('\n')), {
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: hostKey.privateOpenssh, ed25519_public: hostKey.publicOpenssh },
  })
})

t.test('words arrive at the remote shell as they were', async (t) => {
  const words = ['plain', 'two words', "it's", '$HOME `id` "x"', 'a\nb', '', '-n', '*']
  const { stdout } = await run('sh', ['-c', `printf '%s\\0' ${words.map(quoted).join(' ')}`])
  t.same(stdout.split('\0').slice(0, -1), words)
})

t.test('ssh is strict, asks nobody and finds its files readable by us alone', async (t) => {
  const target = await targetIn(t)
  const argv = await sshCommand(target, ['bash', '-s'])
  t.same(argv.slice(-3), ['--', '51.15.0.11', "'sudo' '-n' 'bash' '-s'"])
  for (const option of ['StrictHostKeyChecking=yes', 'BatchMode=yes', 'IdentitiesOnly=yes']) {
    t.ok(argv.includes(option), option)
  }
  t.notMatch(argv.join(' '), /PRIVATE KEY/)
  for (const file of await readdir(target.files)) {
    t.equal((await stat(join(target.files, file))).mode & 0o777, 0o600)
  }
  const hosts = argv.find((word) => word.startsWith('UserKnownHostsFile='))?.split('=')[1] ?? ''
  t.match(await readFile(hosts, 'utf8'), /^51\.15\.0\.11 ssh-ed25519 \S+\n$/)
  t.same(await sshCommand(target, ['bash', '-s']), argv, 'twice is the same')
  const elsewhere = await sshCommand({ ...target, port: 2222, user: 'root' }, ['true'])
  t.equal(elsewhere.at(-1), "'true'")
  await run('ssh', ['-G', ...elsewhere.slice(1, -3), '--', '51.15.0.11'])
})

t.test('ssh with a login that others keep is as strict, and writes nothing', async (t) => {
  const directory = await scratch(t)
  const files = { identityFile: '/var/lib/one/.ssh/id_rsa', knownHostsFile: '/x/known_hosts' }
  const argv = await sshCommand({ address: '51.15.0.11', user: 'ubuntu', ...files }, ['true'])
  t.same(argv.slice(-3), ['--', '51.15.0.11', "'sudo' '-n' 'true'"])
  for (const word of ['/var/lib/one/.ssh/id_rsa', 'UserKnownHostsFile=/x/known_hosts'])
    t.ok(argv.includes(word), word)
  for (const option of ['StrictHostKeyChecking=yes', 'BatchMode=yes', 'IdentitiesOnly=yes'])
    t.ok(argv.includes(option), option)
  t.notMatch(argv.join(' '), /HostKeyAlgorithms/, 'its known hosts may have keys of any kind')
  await run('ssh', ['-G', ...argv.slice(1, -3), '--', '51.15.0.11'])
  t.same(await readdir(directory), [])
})

t.test('the program of a login only looks whether it is root', async (t) => {
  const { stdout } = await run('bash', ['-c', loginProgram])
  t.match(stdout, '"step":"login","did":"root by SSH"')
})

t.test('what ssh says is told apart', async (t) => {
  const target = await targetIn(t)
  const code = (status: number, stderr: string) => failure(target, 'frr', status, stderr).code
  t.equal(code(255, 'ssh: connect to host x port 22: Connection refused'), 'EDGE_SSH_UNREACHABLE')
  t.equal(code(255, 'ubuntu@x: Permission denied (publickey).'), 'EDGE_SSH_DENIED')
  t.equal(code(255, 'Host key verification failed.'), 'EDGE_SSH_HOST_KEY')
  t.match(failure(target, 'frr', 1, 'no such unit'), {
    code: 'EDGE_EQUIPMENT_FAILED',
    sentence: /Step "frr" failed.*51\.15\.0\.11.*no such unit/,
  })
})

t.test('a front-end without ssh learns what is missing', async (t) => {
  const target = await targetIn(t)
  const { PATH } = process.env
  t.teardown(() => {
    process.env['PATH'] = PATH
  })
  process.env['PATH'] = '/nowhere'
  const remote = { program: 'true', args: [], deadlineMs: 5_000, onLine: () => undefined }
  await t.rejects(runRemote(target, remote), {
    code: 'EDGE_EQUIPMENT_FAILED',
    sentence: /connection.*setpriv.*ENOENT/,
  })
})

t.test('bash takes the programs, and no placeholder is left in them', async (t) => {
  for (const program of [prepareProgram, uploadProgram, startProgram]) {
    const checked = run('bash', ['-n', '-s'])
    checked.child.stdin?.end(program)
    await t.resolves(checked)
    t.notMatch(program, /undefined|\\\$\{/)
  }
})

t.test('a command ends with the process that started it, even by kill -9', async (t) => {
  const module = new URL('../../../controller/bootstrap/mortal.ts', import.meta.url)
  const program = `
    import { spawn } from 'node:child_process'
    import { mortal } from ${JSON.stringify(module.href)}
    const [file, ...args] = mortal(['sleep', '60'])
    console.log(spawn(file, args).pid)
    setInterval(() => {}, 1000)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program])
  const [text] = (await once(parent.stdout, 'data')) as [Buffer]
  const pid = Number(text)
  await t.resolves(stat(`/proc/${pid}`))
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  const running = async () =>
    /^State:\s+[^ZX]/m.test(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))
  for (let left = 100; left > 0 && (await running()); left--) await delay(10)
  t.notOk(await running())
})

t.test('an agent package that cannot be read is named, with what to do', async (t) => {
  await t.rejects(agentHash('/nowhere/edge-agent.tar.gz'), {
    code: 'EDGE_AGENT_PACKAGE',
    sentence: /\/nowhere\/edge-agent.tar.gz.*ENOENT.*"agentPackage"/,
  })
})

t.test('tunnels', async (t) => {
  const clock = createClock({ scale: 0.001, patience: 0.001 })
  const world = (t: Test) => {
    const attached: { connection: PassThrough; server: string }[] = []
    const opened: SshTarget[] = []
    const tunnels = createTunnels({
      clock,
      logger: silent,
      attach: (connection, server) =>
        attached.push({ connection: connection as PassThrough, server }),
      open: async (target): Promise<Tunnel> => {
        opened.push(target)
        if (target.address === 'down') throw new Error('no route')
        const connection = new PassThrough()
        const ended = new Promise<undefined>((resolve) =>
          connection.once('close', () => resolve(undefined)),
        )
        return { connection, ended }
      },
    })
    t.teardown(() => tunnels.close())
    return { attached, opened, tunnels }
  }
  const until = async (look: () => boolean) => {
    for (let left = 200; left > 0 && !look(); left--) await delay(5)
    if (!look()) throw new Error('waited 1 s in vain')
  }

  await t.test('are opened again whenever they end', async (t) => {
    const { attached, tunnels } = world(t)
    tunnels.keep('s1', await targetIn(t))
    await until(() => attached.length === 1)
    attached[0]?.connection.destroy()
    await until(() => attached.length === 2)
    t.same(
      attached.map(({ server }) => server),
      ['s1', 's1'],
    )
  })

  await t.test('are tried again while the host is down', async (t) => {
    const { attached, opened, tunnels } = world(t)
    tunnels.keep('s1', { ...(await targetIn(t)), address: 'down' })
    await until(() => opened.length >= 3)
    t.equal(attached.length, 0)
  })

  await t.test(
    'are one per server: the same target changes nothing, another replaces it',
    async (t) => {
      const { attached, tunnels } = world(t)
      const target = await targetIn(t)
      tunnels.keep('s1', target)
      await until(() => attached.length === 1)
      tunnels.keep('s1', { ...target })
      await delay(20)
      t.equal(attached.length, 1)
      tunnels.keep('s1', { ...target, address: '51.15.0.12' })
      await until(() => attached.length === 2)
      t.ok(attached[0]?.connection.destroyed)
    },
  )

  await t.test('end when they are dropped', async (t) => {
    const { attached, tunnels } = world(t)
    tunnels.keep('s1', await targetIn(t))
    await until(() => attached.length === 1)
    tunnels.drop('s1')
    await until(() => attached[0]?.connection.destroyed === true)
    await delay(20)
    t.equal(attached.length, 1)
  })
})
