import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { hypervisorKit } from '../../../controller/assembly/hypervisor-kit.ts'
import { defaults } from '../../../controller/config/index.ts'

const directory = await mkdtemp(join(tmpdir(), 'kit-'))
t.teardown(() => rm(directory, { recursive: true }))
const oneKey = join(directory, 'id_rsa.pub')
const key = 'ssh-rsa AAAAB3NzaC1yc2E= oneadmin@front-end'
await writeFile(oneKey, `# of oneadmin\n${key}\n`)
const { profile } = defaults('')
const oned = (version: string) => ({ version: async () => version })

t.test('a host gets the packages of its kind, of the series of oned', async (t) => {
  t.strictSame(await hypervisorKit({ profile, oneKey }, oned('7.0.1'), 'lxc'), {
    kind: 'lxc',
    packages: ['opennebula-node-lxc'],
    repository: 'https://downloads.opennebula.io/repo',
    series: '7.0',
    keys: [key],
  })
})

t.test('without packages neither a key nor oned is needed', async (t) => {
  const left = { ...profile, kvmPackages: [] }
  const one = { version: () => Promise.reject(new Error('it was asked')) }
  t.match(await hypervisorKit({ profile: left, oneKey: '/nowhere' }, one, 'kvm'), {
    packages: [],
    keys: [],
  })
})

t.test('a key that is none, or not there, is told before anything is ordered', async (t) => {
  const kit = (file: string) => hypervisorKit({ profile, oneKey: file }, oned('7.0.1'), 'kvm')
  await t.rejects(kit(join(directory, 'none')), {
    code: 'EDGE_ONE_KEY',
    sentence: /ENOENT.*oneKey/,
  })
  for (const text of ['', '-----BEGIN OPENSSH PRIVATE KEY-----\n', `${key}\ncommand="x" junk\n`]) {
    await writeFile(join(directory, 'odd'), text)
    await t.rejects(kit(join(directory, 'odd')), { code: 'EDGE_ONE_KEY' }, text)
  }
})

t.test('an oned that tells no version in numbers is named', async (t) => {
  const kit = hypervisorKit({ profile, oneKey }, oned('devel'), 'kvm')
  await t.rejects(kit, { code: 'EDGE_ONE_VERSION', message: /"devel"/ })
})
