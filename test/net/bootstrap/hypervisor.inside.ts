import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { hypervisorProgram } from '../../../controller/bootstrap/hypervisor-program.ts'
import { cloudConfig, type SshTarget, sshKeyPair } from '../../../controller/bootstrap/index.ts'
import { runRemote } from '../../../controller/bootstrap/remote-program.ts'
import { sshCommand } from '../../../controller/bootstrap/ssh-command.ts'
import { createMetal } from '../../lab/metal/metal.ts'
import { outcome } from '../../lab/sandbox/command.ts'
import { servePackage, sourceUrl } from './package-source.ts'

const address = '51.15.0.11'
const name = 'opennebula-node-kvm'
const [hostKey, ownKey, oneKey] = ['host', 'own', 'one'].map((seed) =>
  sshKeyPair(createHash('sha256').update(seed).digest()),
)
if (!hostKey || !ownKey || !oneKey) throw new Error('no keys')
const home = await mkdtemp(join(tmpdir(), 'hypervisor-'))
const metal = await createMetal()
const release = (await outcome(['sh', '-c', '. /etc/os-release; echo $ID $VERSION_ID'])).stdout
const [id = '', version = ''] = release.trim().split(' ')
const distribution = id === 'ubuntu' ? 'Ubuntu' : 'Debian'
const source = await servePackage(home, `7.5/${distribution}/${version}`, name)
const target = (user: string, privateKey: string): SshTarget => ({
  ...{ address, user, privateKey, hostKey: hostKey.publicOpenssh, files: join(home, 'ssh') },
})

await metal.installServer({
  ...{
    id: 'server-1',
    name: 'host-1',
    hostname: 'host-1',
    zone: 'fr-par-1',
    address,
    user: 'root',
  },
  ...{ gateway: '51.15.0.1', mac: '02:00:00:00:00:01', os: { name: 'Debian', version: '12' } },
  authorizedKeys: [ownKey.publicOpenssh],
  userData: cloudConfig({ hostKey }),
})
// What this machine's own packages come from cannot be reached from a server of the lab.
await metal.execOn('server-1', [
  ...['sh', '-c', 'rm -f /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/apt/apt.conf.d/*'],
])

/** What each step said. */
async function equip(repository = sourceUrl): Promise<string[]> {
  const said: string[] = []
  await runRemote(target('root', ownKey?.privateOpenssh ?? ''), {
    program: hypervisorProgram,
    args: ['kvm', repository, '7.5', name],
    input: { lines: [oneKey?.publicOpenssh ?? ''] },
    deadlineMs: 120_000,
    onLine: ({ step, did }) => void (typeof did === 'string' && said.push(`${step}: ${did}`)),
  })
  return said
}

const on = async (script: string) => {
  const { stdout } = await metal.execOn('server-1', ['sh', '-c', script])
  return stdout.trim()
}

t.test('nothing is taken from a repository that somebody else has signed', async (t) => {
  await source.sign('opennebula')
  await source.sign('somebody')
  await t.rejects(equip(), { code: 'EDGE_EQUIPMENT_FAILED', message: /"hypervisor"/ })
  t.equal(await on(`dpkg-query -W -f='\${db:Status-Status}' ${name} 2>/dev/null`), '')
})

t.test('a server gets its packages from the repository of that OpenNebula', async (t) => {
  await source.sign('opennebula')
  // A dpkg that was killed leaves such files, and apt-get does nothing while there are any.
  await on('dpkg -s bash >/var/lib/dpkg/updates/0001')
  t.match(await equip(sourceUrl.replace('//', '//somebody:secret@')), [
    `repository: ${sourceUrl}/7.5 (new)`,
    `hypervisor: installed ${name}`,
    'oneadmin: OpenNebula may log in',
  ])
  t.equal(await on(`dpkg-query -W -f='\${Version}' ${name}`), '7.5.80-1')
  t.not((await outcome(['dpkg', '-s', name])).code, 0, 'and not this machine')
  t.equal(await on('ls /var/lib/dpkg/updates'), '', 'also where an installation was cut off')
})

t.test('oneadmin of the front-end may log in, and nothing is done twice', async (t) => {
  t.same(await equip(), ['hypervisor: kvm is there', 'oneadmin: OpenNebula may log in'])
  t.equal(await on('wc -l </var/lib/one/.ssh/authorized_keys'), '1')
  t.equal(
    await on('cat /etc/apparmor.d/local/abstractions/libvirt-qemu'),
    '/var/lib/one/datastores/** rwk,',
  )
  t.equal(
    await on('stat -c %U:%a /var/lib/one/.ssh /var/lib/one/datastores'),
    'oneadmin:700\noneadmin:755',
  )
  const login = { ...target('oneadmin', oneKey?.privateOpenssh ?? ''), files: join(home, 'one') }
  // As oned logs in, without becoming root.
  const argv = await sshCommand(login, ['id', '-un'])
  const { stdout } = await outcome(argv.map((word) => word.replace("'sudo' '-n' ", '')))
  t.equal(stdout.trim(), 'oneadmin')
})

t.teardown(async () => {
  await source.close()
  await metal.close()
  await rm(home, { recursive: true })
})
