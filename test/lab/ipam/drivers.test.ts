import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import t from 'tap'
import { createDriverApi } from '../../../controller/driver-api/index.ts'
import type { Elastic } from '../../../controller/fleet/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { fakeFlexibleIps } from './fake-flexible-ips.ts'

const folder = new URL('../../recorded/ipam/', import.meta.url)
const recorded = (name: string) => readFileSync(new URL(`${name}.xml`, folder))
const sources = new URL('../../../ipam/bin/', import.meta.url).pathname

interface Ran {
  readonly code: number | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

const directory = t.testdir()
await build({
  entryPoints: readdirSync(sources).map((file) => join(sources, file)),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  outdir: directory,
  outExtension: { '.js': '.cjs' },
  logLevel: 'error',
})

function run(action: string, input: Buffer, argv = ['7'], socket = '/nowhere'): Promise<Ran> {
  const child = spawn(process.execPath, [join(directory, `${action}.cjs`), ...argv], {
    env: { PATH: '/usr/bin', EDGECTL_IPAM_SOCKET: socket },
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input.toString('base64'))
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stderr.on('data', (part: Buffer) => err.push(part))
  return new Promise((resolve) =>
    child.on('close', (code, signal) =>
      resolve({ code, signal, out: String(Buffer.concat(out)), err: String(Buffer.concat(err)) }),
    ),
  )
}

const { asked, flexibleIps } = fakeFlexibleIps()
const elastic: Elastic = { assign: async () => 'attached', unassign: async () => 'released' }
const api = createDriverApi({ flexibleIps, elastic, logger: silent })
const socket = join(directory, 'controller.sock')
await api.listen(socket)
t.teardown(() => api.close())

t.test('the address actions answer from standard input alone', async (t) => {
  const got = await run('get_address', recorded('02-get_address'))
  const answer = 'ADDRESS = [\nIP = "172.16.0.6",\nSIZE = "1"\n]\n'
  t.strictSame(got, { code: 0, signal: null, out: answer, err: '' })
  const taken = await run('allocate_address', recorded('04-allocate_address'))
  t.strictSame(taken, { code: 0, signal: null, out: '', err: '' })
  const freed = await run('free_address', recorded('03-free_address'))
  t.strictSame(freed, { code: 0, signal: null, out: '', err: '' })
})

t.test('a new range is registered by the controller and printed whole', async (t) => {
  const { code, out, err } = await run(
    'register_address_range',
    recorded('01-register_address_range'),
    ['0'],
    socket,
  )
  t.equal(err, '')
  t.equal(code, 0)
  t.equal(
    out,
    [
      'AR = [',
      'CUSTOM_IN = "abc",',
      'IPAM_MAD = "scaleway",',
      'PROVISION_ID = "42",',
      'SCALEWAY_IP_TYPE = "ipv4",',
      'SIZE = "1",',
      'TYPE = "IP4",',
      'IP = "100.64.0.0",',
      'GATEWAY = "100.64.0.1",',
      'NETWORK_MASK = "255.255.255.254",',
      'EXTERNAL_IP = "195.154.0.1",',
      'SCALEWAY_IP_ID = "00000000-0000-4000-8000-000000000001",',
      'EDGE_KEY = "uuid/range-1"',
      ']',
      '',
    ].join('\n'),
  )
  t.strictSame(asked.splice(0), [{ what: 'register', request: { provisionId: 42 } }])
})

t.test('a range is unregistered by its IP, which always survives', async (t) => {
  const ran = await run(
    'unregister_address_range',
    recorded('07-unregister_address_range'),
    ['12'],
    socket,
  )
  t.strictSame(ran, { code: 0, signal: null, out: '', err: '' })
  t.strictSame(asked.splice(0), [{ what: 'release', request: { ip: '172.16.0.10' } }])
})

t.test('a refusal of the controller reaches both the user and the log', async (t) => {
  const xml = String(recorded('06-register_address_range')).replace('[42]', '[404]')
  const ran = await run('register_address_range', Buffer.from(xml), ['0'], socket)
  asked.splice(0)
  const said = 'There is no provision 404'
  t.strictSame(ran, {
    code: 1,
    signal: null,
    out: '',
    err: `ERROR: register_address_range: ${said}\n${said}\n`,
  })
})

t.test('an absent controller is named, and nothing is printed as an answer', async (t) => {
  const ran = await run('register_address_range', recorded('06-register_address_range'))
  t.match(ran, { code: 1, out: '', err: /cannot be reached: .*ENOENT.*service edgectl/ })
})

t.test('an answer that breaks off is a failure', async (t) => {
  const path = join(directory, 'broken.sock')
  const server = createServer((connection) => {
    connection.on('error', () => undefined)
    connection.resume()
    connection.end('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"range":{')
  })
  await new Promise<void>((done) => server.listen(path, done))
  const ran = await run(
    'register_address_range',
    recorded('06-register_address_range'),
    ['0'],
    path,
  )
  t.match(ran, { code: 1, out: '', err: /^ERROR: .*broke off/ })
  await new Promise((done) => server.close(done))
})

t.test(
  'input that is not OpenNebula’s is refused by every driver but the one that frees',
  async (t) => {
    for (const file of readdirSync(sources)) {
      const ran = await run(file.replace('.ts', ''), Buffer.from('hello'), ['0'], socket)
      const said =
        file === 'free_address.ts'
          ? { code: 0, err: /^WARN: free_address: Freed all the same: This is no request of/ }
          : { code: 1, err: /^ERROR: \w+: This is no request of OpenNebula/ }
      t.match(ran, { ...said, out: '' }, file)
    }
    t.strictSame(asked, [], 'the controller was never asked')
  },
)

t.test('standard input that cannot be read is no request', async (t) => {
  for (const stdin of [openSync(directory, 'r'), openSync('/dev/null', 'r')]) {
    const ran = spawnSync(process.execPath, [join(directory, 'get_address.cjs'), '7'], {
      stdio: [stdin, 'pipe', 'pipe'],
    })
    t.match({ code: ran.status, err: String(ran.stderr) }, { code: 1, err: /input is empty/ })
    closeSync(stdin)
  }
})

t.test('an answer larger than a pipe arrives whole', async (t) => {
  const note = 'x'.repeat(200_000)
  const xml = String(recorded('01-register_address_range')).replace('[abc]', `[${note}]`)
  const ran = await run('register_address_range', Buffer.from(xml), ['0'], socket)
  asked.splice(0)
  t.match(ran, { code: 0, err: '' })
  t.ok(ran.out.startsWith('AR = [\n') && ran.out.includes(`"${note}"`) && ran.out.endsWith('\n]\n'))
})

t.test('network creation and deletion are accepted', async (t) => {
  const network = Buffer.from('<VNET><ID>3</ID><VN_MAD>elastic</VN_MAD></VNET>')
  for (const action of ['vnet_create', 'vnet_delete']) {
    t.match(await run(action, network, ['3']), { code: 0, out: '', err: '' }, action)
  }
})
