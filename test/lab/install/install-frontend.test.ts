import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import t from 'tap'
import { ipamActions } from '../../../ipam/wire/actions.ts'

const installer = resolve(import.meta.dirname, '../../../scripts/install-frontend')
const root = mkdtempSync(join(tmpdir(), 'edgectl-root-'))
t.teardown(() => rmSync(root, { recursive: true }))

const install = (...argv: string[]) => spawnSync(installer, argv, { encoding: 'utf8' })
const text = (path: string) => readFileSync(join(root, path), 'utf8')
const mode = (path: string) => (statSync(join(root, path)).mode & 0o777).toString(8)
const home = '/usr/lib/edgectl'
const drivers = '/var/lib/one/remotes/ipam/scaleway'
const programs = [
  `${home}/controller/edgectld.mjs`,
  `${home}/cli/edgectl.mjs`,
  ...ipamActions.map((action) => `${drivers}/${action}`),
]

t.test('staging puts everything in its place', async (t) => {
  t.match(install('--root', root), { status: 0, stderr: '' })
  for (const program of programs) {
    t.equal(mode(program), '755', program)
    t.equal(text(program).split('\n')[0], `#!${home}/node`, program)
  }
  t.strictSame(readdirSync(join(root, drivers)).sort(), [...ipamActions, 'package.json'].sort())
  t.equal(mode(`${home}/node`), '755')
  t.equal(mode('/var/lib/edgectl'), '700')
  t.ok(statSync(join(root, home, 'edge-agent.tar.gz')).size > 1e6)
  t.ok(readdirSync(join(root, home, 'elastic')).length > 0)
  t.strictSame(JSON.parse(text('/etc/edgectl/ipam.json')), {
    socket: '/run/edgectl/edgectl.sock',
    log: '/var/log/edgectl/ipam.log',
  })
  t.equal(mode('/var/log/edgectl'), '750')
  t.strictSame(JSON.parse(text('/etc/edgectl/edgectl.json')), {})
})

t.test('bash finds what completes edgectl', async (t) => {
  const file = '/usr/share/bash-completion/completions/edgectl'
  t.equal(mode(file), '644')
  t.match(text(file), /^complete -F _edgectl edgectl$/m)
  t.match(spawnSync('bash', ['-n', join(root, file)], { encoding: 'utf8' }), {
    status: 0,
    stderr: '',
  })
})

t.test('doing it again changes nothing and never touches the configuration', async (t) => {
  writeFileSync(join(root, '/etc/edgectl/edgectl.json'), '{"port": 13014}\n')
  const before = readdirSync(root, { recursive: true }).sort()
  // a part of an older version
  writeFileSync(join(root, home, 'cli/commands-OLD.mjs'), '')
  t.equal(install('--root', root).status, 0)
  t.strictSame(readdirSync(root, { recursive: true }).sort(), before, 'nothing half-written')
  t.equal(text('/etc/edgectl/edgectl.json'), '{"port": 13014}\n')
})

t.test('what was staged runs, with the Node that was staged', async (t) => {
  const node = join(root, home, 'node')
  const run = (program: string, ...argv: string[]) =>
    spawnSync(node, [join(root, program), ...argv], { encoding: 'utf8', env: { HOME: root } })
  t.match(run(`${home}/cli/edgectl.mjs`, '--version'), { status: 0, stdout: /^edgectl\// })
  t.match(run(`${home}/cli/edgectl.mjs`, 'provision', 'create', '--help').stdout, /EXAMPLES/)
  for (const [name, verb] of Object.entries({
    ...{ oneform: 'sync', oneprovider: 'chmod', oneprovision: 'deprovision' },
  })) {
    const help = run(`${home}/names/${name}`, verb, '--help')
    t.match(help, { status: 0, stdout: new RegExp(`\\$ ${name} `) }, name)
  }
  // What is loaded when it is asked for: YAML here, and the look-up of a name in oned.
  const nobody = ['--server', 'http://127.0.0.1:9', '--username', 'u', '--password', 'p']
  const list = run(`${home}/cli/edgectl.mjs`, 'driver', 'list', '--yaml', ...nobody)
  t.match(list, { status: 1, stderr: /^No controller answers/ })
  const chown = run(`${home}/cli/edgectl.mjs`, 'provider', 'chown', '1', 'nobody', ...nobody)
  t.match(chown, { status: 1, stderr: /^nobody cannot be looked up: .* give the id of the user/ })
  const controller = run(`${home}/controller/edgectld.mjs`, '--config', '/nonexistent')
  t.match(controller, { status: 2, stderr: /^edgectld: Cannot read configuration/ })
  // Without a controller a driver fails as OpenNebula expects it: a reason, no stack, no output.
  const driver = spawnSync(node, [join(root, drivers, 'register_address_range'), '0'], {
    encoding: 'utf8',
    input: Buffer.from('<IPAM_DRIVER_ACTION_DATA><AR/></IPAM_DRIVER_ACTION_DATA>').toString(
      'base64',
    ),
    env: { EDGECTL_IPAM_SOCKET: '/nonexistent' },
  })
  t.not(driver.status, 0)
  t.equal(driver.stdout, '')
  t.notMatch(driver.stderr, /^ {4}at /m)
})

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
t.test(
  'the unit is one that systemd accepts',
  { skip: hasSystemd ? false : 'needs systemd-analyze' },
  async (t) => {
    // It looks for the programs and the user, which are not on this machine.
    const unit = join(root, 'edgectl.service')
    const mended = text('/etc/systemd/system/edgectl.service')
      .replaceAll(home, join(root, home))
      .replace('User=oneadmin', 'User=root')
    writeFileSync(unit, mended)
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' })
    t.equal(
      stderr
        .split('\n')
        .filter((line) => line.includes('edgectl'))
        .join('\n'),
      '',
    )
    t.equal(status, 0)
  },
)

t.test('nonsense is refused in one sentence', async (t) => {
  t.match(install('--nonsense'), {
    status: 2,
    stderr: /^Unknown argument --nonsense; see --help\n$/,
  })
  t.match(install('--help'), { status: 0, stdout: /--root DIR/ })
})
