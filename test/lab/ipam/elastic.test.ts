import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { createDriverApi } from '../../../controller/driver-api/index.ts'
import type { Elastic, ElasticRequest } from '../../../controller/fleet/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { fakeFlexibleIps } from './fake-flexible-ips.ts'

if (spawnSync('ruby', ['-e', 'require "rexml/document"; require "json"']).status !== 0) {
  t.plan(0, 'ruby with rexml is not installed')
  process.exit(0)
}

const plugin = new URL('../../../ipam/elastic/scaleway_vnm.rb', import.meta.url).pathname
const stage = new URL('elastic-protocol.rb', import.meta.url).pathname
const recorded = (name: string) =>
  readFileSync(new URL(`../../recorded/vnm/${name}.xml`, import.meta.url), 'utf8')
const hostXml = (id: number, name: string) =>
  `<HOST><ID>${id}</ID><NAME>${name}</NAME><TEMPLATE><ONEFORM><PROVISION_ID>42</PROVISION_ID>` +
  '<RESOURCE_ID>fr-par-2/s</RESOURCE_ID></ONEFORM></TEMPLATE></HOST>'

interface Call {
  readonly action: 'assign' | 'unassign' | 'activate' | 'deactivate'
  readonly ip?: string
  readonly external?: string
}

interface Stage {
  readonly vm?: string
  readonly path?: string
  /** Constants of the plug-in, in seconds. */
  readonly patience?: Readonly<Record<string, number>>
}

interface Played {
  readonly results: readonly unknown[]
  readonly reported: readonly string[]
  readonly logged: readonly string[]
}

const asked: { what: string; request: ElasticRequest }[] = []
const elastic: Elastic = {
  async assign(request) {
    asked.push({ what: 'assign', request })
    if (request.external === '195.154.0.9') {
      throw new Fault('EDGE_ELASTIC_TAKEN', 'conflict', '195.154.0.9 is in use by VM 3')
    }
    return 'attached'
  },
  async unassign(request) {
    asked.push({ what: 'unassign', request })
    return 'released'
  },
}
const directory = t.testdir()
const socket = join(directory, 'controller.sock')
const api = createDriverApi({ flexibleIps: fakeFlexibleIps().flexibleIps, elastic, logger: silent })
await api.listen(socket)
t.teardown(() => api.close())

function play(
  host: string,
  argv: readonly string[],
  calls: readonly Call[],
  { vm, path = socket, patience = {} }: Stage = {},
): Promise<Played> {
  const child = spawn('ruby', [stage], {
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', EDGECTL_IPAM_SOCKET: path },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify({ class_path: plugin, host, vm, argv, calls, patience }))
  const out: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => out.push(part))
  return new Promise((resolve, reject) =>
    child.on('close', (code) =>
      code === 0
        ? resolve(JSON.parse(String(Buffer.concat(out))) as Played)
        : reject(new Error(`ruby ended with ${code}`)),
    ),
  )
}

const address = { ip: '172.16.0.66', external: '51.159.0.16' }
const request = { provisionId: 42, hostId: 0, vm: 7, ...address }

t.test('the plug-in is Ruby', async (t) => {
  t.match(spawnSync('ruby', ['-wc', plugin]).stdout.toString(), 'Syntax OK')
})

t.test('on deploy the controller assigns, and the stock commands are emptied', async (t) => {
  const calls: Call[] = [{ action: 'assign', ...address }, { action: 'activate' }]
  const played = await play(hostXml(0, 'h1'), ['one-fake-id', 'h1'], calls, {
    vm: recorded('005-elastic-post'),
  })
  t.match(played, { results: [0, []], reported: [], logged: [] })
  t.strictSame(asked.splice(0), [{ what: 'assign', request }])
})

t.test('on terminate the controller unassigns, and the stock commands are emptied', async (t) => {
  const calls: Call[] = [{ action: 'unassign', ...address }, { action: 'deactivate' }]
  const played = await play(hostXml(0, 'h1'), ['h1'], calls, { vm: recorded('093-elastic-clean') })
  t.match(played, { results: [0, []], reported: [], logged: [] })
  t.match(asked.splice(0), [{ what: 'unassign', request: { hostId: 0, vm: 7 } }])
})

t.test('in live migration the destination assigns, and the source is named in clean', async (t) => {
  const destination = hostXml(1, 'h2')
  const clean = await play(destination, ['h1'], [{ action: 'unassign', ...address }], {
    vm: recorded('035-elastic-clean'),
  })
  t.match(clean, { results: [0] })
  const left = { what: 'unassign', request: { ...request, hostId: 1, cleaned: 'h1' } }
  t.strictSame(asked.splice(0), [left])
  const calls: Call[] = [
    { action: 'assign', ...address },
    { action: 'unassign', ...address },
  ]
  const post = await play(destination, ['one-fake-id', 'h1'], calls, {
    vm: recorded('037-elastic-post'),
  })
  t.match(post, { results: [0, 0] })
  const expected = [{ what: 'assign', request: { ...request, hostId: 1 } }]
  t.strictSame(asked.splice(0), expected, 'the rollback of post is not heeded')
})

t.test('a controller that does not answer is waited for no longer than was said', async (t) => {
  const silent = createServer(() => undefined)
  const path = join(directory, 'silent.sock')
  await new Promise<void>((listening) => silent.listen(path, listening))
  t.teardown(() => silent.close())
  const calls: Call[] = [
    { action: 'assign', ...address },
    { action: 'unassign', ...address },
  ]
  const patience = { ASSIGN_WITHIN: 0.3, UNASSIGN_WITHIN: 0.2 }
  const played = await play(hostXml(0, 'h1'), ['one-1', 'h1'], calls, { path, patience })
  t.match(played, {
    results: [1, 0],
    reported: ['Elastic IP 51.159.0.16: the controller gave no answer within 0.3 s'],
    logged: [/stays where it is: the controller gave no answer within 0.2 s/],
  })
})

t.test('a refusal is reported to the user and never raised', async (t) => {
  const calls: Call[] = [{ action: 'assign', ip: '100.64.0.0', external: '195.154.0.9' }]
  const played = await play(hostXml(0, 'h1'), ['one-1', 'h1'], calls)
  t.match(played, {
    results: [1],
    reported: ['Elastic IP 195.154.0.9: 195.154.0.9 is in use by VM 3'],
  })
  t.equal(
    asked.splice(0)[0]?.request.vm,
    undefined,
    'without the driver object the VM is not named',
  )
})

t.test('without a controller assign fails in words and unassign does not fail', async (t) => {
  const calls: Call[] = [
    { action: 'assign', ...address },
    { action: 'unassign', ...address },
  ]
  const path = join(directory, 'nowhere.sock')
  const played = await play(hostXml(0, 'h1'), ['one-1', 'h1'], calls, { path })
  t.match(played, {
    results: [1, 0],
    reported: [/^Elastic IP 51\.159\.0\.16: the controller cannot be reached: No such file/],
    logged: [/stays where it is: the controller cannot be reached/],
  })
})

t.test('a host of no provision is refused', async (t) => {
  const host = '<HOST><ID>0</ID><NAME>h1</NAME><TEMPLATE/></HOST>'
  const played = await play(host, ['one-1', 'h1'], [{ action: 'assign', ...address }])
  t.match(played, { results: [1], reported: [/host h1 has no ONEFORM\/PROVISION_ID/] })
  t.strictSame(asked, [])
})
