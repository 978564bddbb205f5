// The installed `edgectl doctor` on a front-end in good order, and with one thing after the other broken.
import { once } from 'node:events'
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Diagnosis } from '../../../controller/doctor/index.ts'
import { simulatedKey } from '../scaleway/index.ts'
import { createFrontEnd, type FrontEnd } from './front-end.ts'

const it = await createFrontEnd(t)
const key = () => it.sim.state.keys.get(simulatedKey.accessKey) ?? {}

async function examined(user?: Parameters<FrontEnd['edgectl']>[1]) {
  const { code, stdout } = await it.edgectlInside(['doctor', '--json'], user)
  const { checks, broken } = JSON.parse(stdout) as Diagnosis
  const of = (status: string) =>
    checks.filter((one) => one.status === status).map(({ check }) => check as string)
  return { code, broken, of, find: (name: string) => checks.find(({ check }) => check === name) }
}

/** The only thing that is broken, with what follows from it; exit code 1, in text as in JSON. */
async function onlyBroken(
  t: Test,
  check: string,
  says: RegExp,
  fix: RegExp,
  follows: string[] = [],
) {
  const seen = await examined()
  t.equal(seen.code, 1)
  t.strictSame(seen.of('broken'), [check])
  t.match(seen.find(check), { sentence: says, fix })
  for (const name of follows)
    t.match(seen.find(name), { status: 'skipped', sentence: /follows from/ }, name)
  const { code, stdout } = await it.edgectlInside(['doctor'])
  t.equal(code, 1)
  t.match(stdout, /^BROKEN {3}\w/m)
  t.match(stdout, /^ +→ \w/m)
  t.match(stdout, /, 1 broken, /)
}

/** Breaks something while `look` looks, and mends it whatever comes. */
async function during(
  broken: () => Promise<unknown>,
  mend: () => Promise<unknown>,
  look: () => Promise<unknown>,
) {
  await broken()
  try {
    await look()
  } finally {
    await mend()
  }
}

t.test('in good order nothing is broken, and each thing is told', async (t) => {
  const seen = await examined()
  t.strictSame([seen.code, seen.of('broken'), seen.of('warning')], [0, [], []])
  t.strictSame(seen.of('skipped'), ['packages'], 'this lab’s hosts need none')
  for (const name of ['unit', 'socket', 'IPAM driver', 'agent', 'permissions', 'one_auth'])
    t.match(seen.find(name), { status: 'ok', fix: null }, name)
  const { code, stdout, stderr } = await it.edgectlInside(['doctor'])
  t.strictSame([code, stderr], [0, ''])
  t.match(
    stdout,
    /^ok {7}controller +The controller at http:\/\/127\.0\.0\.1:\d+\/ \(from ONEFORM_URL\)/m,
  )
  t.match(stdout, /, 0 broken, 0 warnings\n$/)
  t.notMatch(stdout, new RegExp(simulatedKey.secretKey))
  t.notOk(stdout.includes('\u001b'), 'no colours where nobody looks')
})

t.test('a driver that oned may not execute', async (t) => {
  const file = join(it.root, '/var/lib/one/remotes/ipam/scaleway/register_address_range')
  await during(
    () => chmod(file, 0o644),
    () => chmod(file, 0o755),
    () =>
      onlyBroken(
        t,
        'IPAM driver',
        /register_address_range/,
        /^chmod 755 .*register_address_range$/,
      ),
  )
})

t.test('a driver of another version', async (t) => {
  const file = join(it.root, '/var/lib/one/remotes/ipam/scaleway/get_address')
  const text = await readFile(file, 'utf8')
  await during(
    () => writeFile(file, text.replace(/\/\/ edgectl .*\s*$/, '// edgectl 0.0.1\n')),
    () => writeFile(file, text),
    () => onlyBroken(t, 'IPAM driver', /get_address .*version 0\.0\.1/, /install-frontend/),
  )
})

t.test('a key that Scaleway does not accept any more', async (t) => {
  await during(
    async () => Object.assign(key(), { revoked: 'denied' }),
    async () => Object.assign(key(), { revoked: null }),
    () => onlyBroken(t, 'key', /401/, /Check the access key/, ['permissions', 'zone', 'quotas']),
  )
})

t.test('a permission that the key lacks, by its name', async (t) => {
  const denied = [{ action: 'read', resource: 'vpc_gateway' }]
  await during(
    async () => Object.assign(key(), { denied }),
    async () => Object.assign(key(), { denied: [] }),
    () => onlyBroken(t, 'permissions', /public gateways/, /VPCGatewayFullAccess on project/),
  )
})

t.test('a key that soon ends, and a quota that is used up, are warnings', async (t) => {
  const { quotas } = it.sim.state
  const room = quotas.get('ssh_keys') ?? 0
  const soon = new Date(Date.now() + 3 * 86_400_000).toISOString()
  await during(
    async () => Object.assign(key(), { expires_at: soon }) && quotas.set('ssh_keys', 1),
    async () => Object.assign(key(), { expires_at: null }) && quotas.set('ssh_keys', room),
    async () => {
      const seen = await examined()
      t.strictSame([seen.code, seen.of('broken'), seen.of('warning')], [0, [], ['key', 'quotas']])
      t.match(seen.find('key'), { sentence: /2 days from now/, fix: /Prolong/ })
      t.match(seen.find('quotas'), { sentence: /ssh_keys 1 of 1/, fix: /raise/ })
    },
  )
})

t.test('a unit that is stopped explains all that hangs on it', async (t) => {
  await during(
    async () => {
      await it.stop()
      await it.unit({ ActiveState: 'inactive', SubState: 'dead' })
    },
    async () => {
      await it.unit({})
      await it.start()
    },
    () =>
      onlyBroken(t, 'unit', /is stopped/, /^systemctl start edgectl$/, ['socket', 'controller']),
  )
})

t.test('a stock server on the controller’s port is named, and explains the rest', async (t) => {
  const stock = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ name: 'Scaleway', state: 'ENABLED', version: '1.0.0' }))
  })
  await during(
    async () => {
      await it.stop()
      await it.unit({ ActiveState: 'activating', SubState: 'auto-restart' })
      stock.listen(it.port, '127.0.0.1')
      await once(stock, 'listening')
    },
    async () => {
      stock.closeAllConnections()
      await new Promise((closed) => stock.close(closed))
      await it.unit({})
      await it.start()
    },
    () =>
      onlyBroken(t, 'port', /^A stock OneForm server holds 127/, /beside-oneform\.md/, [
        ...['unit', 'socket', 'controller'],
      ]),
  )
})

t.test('a unit that would not come back is a warning', async (t) => {
  await during(
    () => it.unit({ UnitFileState: 'disabled' }),
    () => it.unit({}),
    async () => {
      const seen = await examined()
      t.strictSame([seen.code, seen.of('broken'), seen.of('warning')], [0, [], ['unit']])
    },
  )
})

t.test('a machine without systemd says nothing of units', async (t) => {
  const file = join(it.root, 'opt/systemctl')
  const text = await readFile(file, 'utf8')
  await during(
    () =>
      writeFile(file, '#!/bin/sh\necho "System has not been booted with systemd" >&2\nexit 1\n'),
    () => writeFile(file, text),
    async () => {
      const seen = await examined()
      t.equal(seen.code, 0)
      t.match(seen.find('unit'), { status: 'skipped', sentence: /not been booted with systemd/ })
    },
  )
})

t.test('a socket that is gone', async (t) => {
  const aside = `${it.socket}.aside`
  await during(
    () => rename(it.socket, aside),
    () => rename(aside, it.socket),
    () => onlyBroken(t, 'socket', /no socket/, /^systemctl restart edgectl$/),
  )
})

t.test('drivers that look for the controller elsewhere', async (t) => {
  const file = join(it.root, '/etc/edgectl/ipam.json')
  await during(
    () => writeFile(file, '{"socket":"/run/other.sock"}'),
    () => writeFile(file, JSON.stringify({ socket: it.socket })),
    () => onlyBroken(t, 'socket', /\/run\/other\.sock/, /ipam\.json/),
  )
})

t.test('a configuration with a member that nobody knows', async (t) => {
  const file = join(it.root, '/etc/edgectl/edgectl.json')
  const text = await readFile(file, 'utf8')
  await during(
    () => writeFile(file, text.replace('"port"', '"prot":1,"port"')),
    () => writeFile(file, text),
    () => onlyBroken(t, 'configuration', /prot/, /docs\/configuration\.md/),
  )
})

t.test('oned’s configuration without the driver', async (t) => {
  const file = join(it.root, '/etc/one/oned.conf')
  const text = await readFile(file, 'utf8')
  await during(
    () => writeFile(file, text.replace(',scaleway', '')),
    () => writeFile(file, text),
    () => onlyBroken(t, 'IPAM_MAD', /IPAM driver scaleway/, /restart opennebula/),
  )
})

t.test('a login file that oned does not accept, or that others may read', async (t) => {
  const text = await readFile(it.oneAuth, 'utf8')
  await during(
    () => writeFile(it.oneAuth, 'oneadmin:wrong-password\n'),
    () => writeFile(it.oneAuth, text),
    () => onlyBroken(t, 'one_auth', /does not accept/, /oneuser passwd/),
  )
  await during(
    () => chmod(it.oneAuth, 0o644),
    () => chmod(it.oneAuth, 0o600),
    async () =>
      t.match((await examined()).find('one_auth'), { status: 'warning', fix: /chmod 600/ }),
  )
})

t.test('an agent’s archive that is none, and a plug-in that is gone', async (t) => {
  const archive = join(it.root, '/usr/lib/edgectl/edge-agent.tar.gz')
  await during(
    async () => {
      await rename(archive, `${archive}.aside`)
      await writeFile(archive, 'nothing')
    },
    () => rename(`${archive}.aside`, archive),
    () => onlyBroken(t, 'agent', /is not the archive/, /install-frontend/),
  )
  const plugIn = join(it.root, '/usr/lib/edgectl/elastic')
  await during(
    async () => {
      await rename(plugIn, `${plugIn}.aside`)
      await mkdir(plugIn)
    },
    async () => {
      await rm(plugIn, { recursive: true })
      await rename(`${plugIn}.aside`, plugIn)
    },
    () => onlyBroken(t, 'elastic plug-in', /no VM with a public address/, /install-frontend/),
  )
})

t.test('of a stage only files are looked at, whatever runs around it', async (t) => {
  await during(
    () => it.unit({ ActiveState: 'failed' }),
    () => it.unit({}),
    async () => {
      const { code, stdout } = await it.edgectl(['doctor', '--root', it.root, '--json'])
      const { checks } = JSON.parse(stdout) as Diagnosis
      const of = (name: string) => checks.find(({ check }) => check === name)
      t.equal(code, 0)
      for (const name of ['configuration', 'programs', 'IPAM_MAD', 'IPAM driver', 'elastic driver'])
        t.match(of(name), { status: 'ok' }, name)
      for (const name of ['oned', 'one_auth', 'port', 'controller', 'login', 'transport'])
        t.match(of(name), {
          status: 'skipped',
          sentence: `not looked at: nothing of ${it.root} runs`,
        })
      t.match(of('unit'), { status: 'skipped', sentence: /edgectl\.service is there; nothing of/ })
      t.match(of('socket'), { status: 'skipped', sentence: /where it will listen/ })
      t.equal(of('key'), undefined, 'no controller was asked')
    },
  )
})

t.test('a directory that holds nothing is no stage, mistyped perhaps', async (t) => {
  const { code, stdout } = await it.edgectl(['doctor', '--root', `${it.root}/nonexistent`])
  t.equal(code, 1)
  t.match(stdout, /^BROKEN {3}front-end +Nothing is staged in .*nonexistent$/m)
})

t.test('a stage without a unit, or with drivers that look elsewhere, is broken', async (t) => {
  const [unit, drivers] = ['/etc/systemd/system/edgectl.service', '/etc/edgectl/ipam.json']
  const files = [unit, drivers].map((path) => join(it.root, path))
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  await during(
    async () => {
      await rm(files[0] ?? '')
      await writeFile(files[1] ?? '', '{"socket":"/run/other.sock"}')
    },
    () => Promise.all(files.map((file, n) => writeFile(file, texts[n] ?? ''))),
    async () => {
      const { code, stdout } = await it.edgectl(['doctor', '--root', it.root])
      t.equal(code, 1)
      t.match(stdout, /^BROKEN {3}unit +There is no .*edgectl\.service$/m)
      t.match(stdout, /→ Stage it anew: scripts\/install-frontend --root/)
    },
  )
})

t.test('a user who is no administrator is told what is for everybody', async (t) => {
  const seen = await examined('alice')
  t.equal(seen.code, 0)
  t.match(seen.find('controller'), { status: 'ok' })
  t.match(seen.find('login'), { status: 'ok', sentence: /alice/ })
  t.match(seen.find('oned of the controller'), { status: 'skipped', sentence: /group oneadmin/ })
  t.equal(seen.find('key'), undefined)
})

t.test('an oned that is gone is one fault, not ten', async (t) => {
  await it.one.close()
  const seen = await examined()
  t.equal(seen.code, 1)
  t.strictSame(seen.of('broken'), ['oned'])
  t.match(seen.find('oned'), { fix: /systemctl status opennebula/ })
})
