import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import t from 'tap'
import { createDriverApi } from '../../../controller/driver-api/index.ts'
import type { Elastic } from '../../../controller/fleet/index.ts'
import { appendLine, type RunLine, replay } from '../../../ipam/runs/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { base64, messages } from '../../unit/ipam/messages.ts'
import { createCloud } from './cloud.ts'

const directory = t.testdir()
const outdir = join(directory, 'bin')
const names = ['get_address', 'register_address_range', 'unregister_address_range']
await build({
  entryPoints: names.map(
    (name) => new URL(`../../../ipam/bin/${name}.ts`, import.meta.url).pathname,
  ),
  ...{ bundle: true, platform: 'node', format: 'cjs', outdir, outExtension: { '.js': '.cjs' } },
})
const get = messages.find(({ driver }) => driver === 'get_address')?.xml ?? ''
const register = messages.find(({ driver }) => driver === 'register_address_range')?.xml ?? ''

function run(name: string, xml: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [join(outdir, `${name}.cjs`), '7'], { env })
  child.stdin.end(base64(xml))
  let out = ''
  let err = ''
  child.stdout.on('data', (part) => (out += part))
  child.stderr.on('data', (part) => (err += part))
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, out, err })),
  )
}

const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RunLine)

t.test('a register and its end are logged with what they took at Scaleway', async (t) => {
  const cloud = await createCloud()
  t.teardown(() => cloud.close())
  const elastic: Elastic = { assign: async () => 'attached', unassign: async () => 'released' }
  const api = createDriverApi({ flexibleIps: cloud.flexibleIps, elastic, logger: silent })
  const socket = join(directory, 's')
  await api.listen(socket)
  t.teardown(() => api.close())
  const log = join(directory, 'register.log')
  const env = { EDGECTL_IPAM_SOCKET: socket, EDGECTL_IPAM_LOG: log }

  const one = register.replace('[42]', '[1]')
  const { out } = await run('register_address_range', one, env)
  const [ip = ''] = /100\.64\.\d+\.\d+/.exec(out) ?? []
  await run('unregister_address_range', get.replaceAll('172.16.0.6', ip), env)
  await cloud.fault({ action: { revokeKey: { mode: 'permissions' } } })
  await run('register_address_range', one, env)

  const id = /^[0-9a-f-]{36}$/
  const fips = '/flexible-ip/v1alpha1/zones/fr-par-2/fips'
  const [made, gone, refused] = linesOf(log)
  const calls = (line: RunLine | undefined) =>
    (line?.controller?.answer as { calls?: { method: string; path: string }[] } | undefined)
      ?.calls ?? []
  t.match(
    calls(made).find(({ method }) => method === 'POST'),
    { path: fips, status: 200, requestId: id, ms: Number },
  )
  t.ok(calls(gone).some(({ method }) => method === 'DELETE'))
  t.match(refused, { exitCode: 1, code: 'EDGE_IPAM_CONTROLLER', said: /request [0-9a-f-]{36}/ })
  t.match(calls(refused)[0], { method: 'GET', path: fips, status: 403, requestId: id })
  for (const line of [made, gone, refused]) {
    t.ok((await replay(JSON.stringify(line))).same, 'each can be replayed')
  }
})

t.test('a log that cannot be written keeps no driver', async (t) => {
  const pipe = join(directory, 'pipe')
  execFileSync('mkfifo', [pipe])
  for (const path of ['/nonexistent/ipam.log', directory, pipe, '/dev/full', '/proc/1/comm']) {
    const began = performance.now()
    const ran = await run('get_address', get, { EDGECTL_IPAM_LOG: path })
    t.match(ran, { code: 0, out: /^ADDRESS = \[/, err: '' }, path)
    t.ok(performance.now() - began < 5_000)
  }
})

t.test('lines of drivers at the same time do not mix', async (t) => {
  const log = join(directory, 'many.log')
  const line = (n: number) => JSON.stringify({ n, filling: 'x'.repeat(30_000) })
  const script = join(directory, 'append.mjs')
  const source = new URL('../../../ipam/runs/append.ts', import.meta.url).href
  writeFileSync(
    script,
    `import { appendLine } from ${JSON.stringify(source)}
     const line = ${line.toString()}
     for (let n = 0; n < 20; n++) appendLine(process.argv[2], line(n))`,
  )
  const writers = [1, 2, 3, 4].map(() => spawn(process.execPath, [script, log]))
  await Promise.all(writers.map((child) => new Promise((done) => child.on('close', done))))
  t.equal(linesOf(log).length, 80)
})

t.test('a log that has grown is put aside, and the oldest goes', async (t) => {
  const log = join(directory, 'old', 'ipam.log')
  mkdirSync(join(directory, 'old'))
  const line = 'y'.repeat(1 << 20)
  for (let n = 0; n < 30; n++) appendLine(log, `${n} ${line}`)
  t.notOk(existsSync(`${log}.5`))
  const firsts = ['.4', '.3', '.2', '.1', ''].map((end) =>
    readFileSync(`${log}${end}`, 'utf8').slice(0, 2).trim(),
  )
  t.strictSame(firsts, ['12', '16', '20', '24', '28'])
  t.ok(statSync(`${log}.1`).size < 5 << 20)
})

t.test('the log is oneadmin’s and its group’s to read', async (t) => {
  const log = join(directory, 'private.log')
  spawnSync(
    'sh',
    ['-c', 'umask 022; exec "$0" "$1" 7', process.execPath, join(outdir, 'get_address.cjs')],
    {
      env: { PATH: '/usr/bin:/bin', EDGECTL_IPAM_LOG: log },
      input: base64(get),
    },
  )
  t.equal(statSync(log).mode & 0o777, 0o640)
  chmodSync(log, 0o600)
  await run('get_address', get, { EDGECTL_IPAM_LOG: log })
  t.equal(linesOf(log).length, 2)
})
