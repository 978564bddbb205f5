import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import t, { type Test } from 'tap'
import { createOpenNebula, type OpenNebula } from '../../../controller/opennebula/index.ts'
import { scrub } from '../../../lib/log/index.ts'

const recorded = (name: string) =>
  readFileSync(new URL(`../../recorded/xmlrpc/${name}.xml`, import.meta.url), 'utf8')

/** A server that answers each call with the recording of that name and remembers what it was sent. */
async function playing(t: Test, ...names: string[]) {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      bodies.push(body)
      const name = names[bodies.length - 1]
      if (name === undefined) return request.socket.destroy()
      response.end(recorded(`${name}-response`))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const one = createOpenNebula({
    endpoint: `http://127.0.0.1:${port}/RPC2`,
    session: 'oneadmin:opennebula',
    timeoutMs: 2000,
  })
  t.teardown(() => {
    one.close()
    server.close()
    server.closeAllConnections()
  })
  return { one, bodies }
}

const oneform = { PROVISION_ID: '42' }
const provision = { name: 'edge', state: 0, provider_id: 0, description: '<a> & "b"' }
const provider = {
  name: 'Scaleway par2',
  driver: 'scaleway',
  version: '1.0.0',
  connection: {
    access_key: 'SCWXXXXXXXXXXXXXXXXX',
    secret_key: '11111111-1111-1111-1111-111111111111',
    zone: 'fr-par-2',
  },
  provision_ids: [],
  registration_time: 1700000000,
}

const calls: Record<string, (one: OpenNebula) => Promise<unknown>> = {
  'one.user.info': (one) => one.user(),
  'one.zone.raftstatus': (one) => one.isLeader(),
  'one.cluster.allocate': (one) => one.clusters.create('xcap-cluster'),
  'one.cluster.info': (one) => one.clusters.get(101),
  'one.clusterpool.info': (one) => one.clusters.list(),
  'one.cluster.delete': (one) => one.clusters.delete(101),
  'one.datastore.allocate': (one) =>
    one.datastores.create(
      { NAME: 'xcap-sys', TYPE: 'SYSTEM_DS', TM_MAD: 'ssh', ONEFORM: oneform },
      101,
    ),
  'one.datastore.update': (one) => one.datastores.update(101, { FOO: 'bar' }),
  'one.datastore.info': (one) => one.datastores.get(101),
  'one.datastore.delete': (one) => one.datastores.delete(101),
  'one.datastorepool.info': (one) => one.datastores.list(),
  'one.document.allocate-type103': (one) =>
    one.documents.create(103, 'Scaleway par2', 'PROVIDER_BODY', provider),
  'one.document.allocate-type104': (one) =>
    one.documents.create(104, 'edge', 'PROVISION_BODY', provision),
  'one.document.update-type104': (one) =>
    one.documents.update(1, 'PROVISION_BODY', { name: 'edge', state: 6 }),
  'one.document.info-type104_decrypt': (one) => one.documents.get(1),
  'one.document.chmod-type104': (one) => one.documents.chmod(1, '640'),
  'one.document.chown-type104': (one) => one.documents.chown(1, 0, 1),
  'one.document.rename-type104': (one) => one.documents.rename(1, 'edge2'),
  'one.document.delete': (one) => one.documents.delete(1),
  'one.host.allocate': (one) => one.hosts.create('51.15.0.10', 'kvm', 'kvm', 101),
  'one.host.update': (one) =>
    one.hosts.update(2, {
      ONEFORM: { ...oneform, RESOURCE_ID: 'fr-par-2/11111111-2222-3333-4444-555555555555' },
    }),
  'one.host.status-offline': (one) => one.hosts.status(2, 'offline'),
  'one.host.status-enable': (one) => one.hosts.status(2, 'enable'),
  'one.host.status-disable': (one) => one.hosts.status(2, 'disable'),
  'one.host.info': (one) => one.hosts.get(2),
  'one.host.delete': (one) => one.hosts.delete(2),
  'one.hostpool.info': (one) => one.hosts.list(),
  'one.vn.allocate': (one) =>
    one.networks.create(
      {
        NAME: 'xcap-public',
        VN_MAD: 'elastic',
        BRIDGE: 'br0',
        AR: { TYPE: 'IP4', SIZE: 1, IPAM_MAD: 'scaleway', PROVISION_ID: '42' },
        ONEFORM: oneform,
      },
      101,
    ),
  'one.vn.info-two_ars': (one) => one.networks.get(15),
  'one.vn.add_ar': (one) =>
    one.networks.addRange(15, { TYPE: 'IP4', SIZE: 1, IPAM_MAD: 'scaleway', PROVISION_ID: '42' }),
  'one.vn.rm_ar': (one) => one.networks.removeRange(15, 1, false),
  'one.vn.delete': (one) => one.networks.delete(15),
  'one.vntemplate.allocate': (one) =>
    one.networkTemplates.create({
      NAME: 'xcap-private-tmpl',
      VN_MAD: 'vxlan',
      PHYDEV: 'eth1',
      AUTOMATIC_VLAN_ID: true,
      CLUSTER_IDS: 101,
    }),
  'one.vntemplate.instantiate': (one) =>
    one.networkTemplates.instantiate(0, 'xcap-priv', {
      AR: { TYPE: 'IP4', IP: '192.168.150.2', SIZE: 51 },
    }),
  'one.vntemplate.info': (one) => one.networkTemplates.get(0),
  'one.vntemplate.delete': (one) => one.networkTemplates.delete(0),
}

t.test(
  'each request is byte for byte the recorded one, and its answer is understood',
  async (t) => {
    const names = Object.keys(calls)
    const { one, bodies } = await playing(t, ...names)
    for (const [position, name] of names.entries()) {
      await calls[name]?.(one)
      t.equal(bodies[position], recorded(`${name}-request`), name)
    }
  },
)

t.test('objects come as typed values', async (t) => {
  const { one } = await playing(
    t,
    'one.vn.info-with_hold',
    'one.vn.info-vxlan',
    'one.hostpool.info',
    'one.document.info-type104_decrypt',
    'one.user.info',
    'one.zone.raftstatus',
    'one.vmpool.info',
    'one.datastore.info',
  )
  const elastic = await one.networks.get(15)
  t.match(elastic, {
    id: 15,
    state: 'READY',
    bridge: 'br0',
    vnMad: 'elastic',
    clusterIds: [101],
    phydev: undefined,
    vlanId: undefined,
    ranges: [
      {
        id: 0,
        ip: '172.16.0.86',
        size: 1,
        attributes: { EXTERNAL_IP: '51.159.0.21', IPAM_MAD: 'scaleway' },
        leases: [{ ip: '172.16.0.86', vm: -1 }],
      },
      { id: 1, leases: [] },
    ],
  })
  t.match(await one.networks.get(16), { vlanId: 18, phydev: 'eth1', templateId: 0 })
  t.same(
    (await one.hosts.list()).map(({ id, state, clusterId }) => [id, state, clusterId]),
    [
      [3, 'MONITORED', 0],
      [2, 'OFFLINE', 101],
      [1, 'MONITORED', 100],
      [0, 'MONITORED', 100],
    ],
  )
  t.match(await one.documents.get(1), { attribute: 'PROVISION_BODY', body: provision, type: 104 })
  t.same(await one.user(), { id: 0, name: 'oneadmin', gid: 0, gname: 'oneadmin', groups: [0] })
  t.equal(await one.isLeader(), true, 'a solo oned leads itself')
  t.same(await one.vms.list(), [])
  t.match(await one.datastores.get(101), { type: 'system', tmMad: 'ssh' })
})

t.test('an encrypted body of the pool is read again in clear', async (t) => {
  const { one, bodies } = await playing(
    t,
    'one.documentpool.info-type104',
    'one.document.info-type104_decrypt',
  )
  t.match(await one.documents.list(104), [{ id: 1, body: provision }])
  t.match(bodies[0], '<i4>-2</i4>')
  t.equal(bodies[1], recorded('one.document.info-type104_decrypt-request'))
})

t.test('a CDATA end inside a body survives', async (t) => {
  const { one, bodies } = await playing(t, 'one.document.allocate-type104')
  await one.documents.create(104, 'a & <b>', 'PROVISION_BODY', { text: 'x]]>y' })
  t.match(bodies[0], ']]\\u003ey')
  t.match(bodies[0], '&lt;NAME&gt;a &amp;amp; &amp;lt;b&amp;gt;&lt;/NAME&gt;')
  t.notMatch(bodies[0], ']]&gt;y')
})

t.test('every failure of oned is a Fault of its kind', async (t) => {
  const cases: [string, string, string][] = [
    ['one.user.info-badauth', 'ONE_CREDENTIALS', 'denied'],
    ['one.cluster.info-notfound', 'ONE_MISSING', 'missing'],
    ['one.vn.rm_ar-notfound', 'ONE_MISSING', 'missing'],
    ['one.cluster.delete-not_empty', 'ONE_REFUSED', 'conflict'],
    ['one.vn.rm_ar-ar_in_use', 'ONE_REFUSED', 'conflict'],
    ['one.host.allocate-dup_name', 'ONE_TAKEN', 'conflict'],
    ['one.document.update-type104_locked', 'ONE_LOCKED', 'conflict'],
    ['one.vn.allocate-parse_error', 'ONE_BROKEN', 'broken'],
    ['one.nosuch.method-unknown_method', 'ONE_BROKEN', 'broken'],
  ]
  const { one } = await playing(t, ...cases.map(([name]) => name))
  for (const [name, code, kind] of cases) {
    await t.rejects(one.clusters.delete(1), { code, kind }, name)
  }
})

t.test('no answer is transient and names the call, never the password', async (t) => {
  const { one } = await playing(t)
  await t.rejects(one.user(), {
    code: 'ONE_UNREACHABLE',
    kind: 'transient',
    message: /one.user.info/,
  })
  const other = one.as('someone:hunter2hunter2')
  const failure: unknown = await other.hosts.delete(1).catch((error) => error)
  t.notMatch(JSON.stringify(failure), /hunter2/)
})

t.test('a read survives a kept connection that oned closed meanwhile', async (t) => {
  let connections = 0
  let requests = 0
  const body = recorded('one.user.info-response')
  const server = createTcpServer((socket) => {
    connections += 1
    socket.on('error', () => {})
    socket.on('data', (data) => {
      if (!String(data).includes('methodCall')) return
      requests += 1
      if (requests === 2) return socket.destroy()
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const one = createOpenNebula({ endpoint: `http://127.0.0.1:${port}/RPC2`, session: 'a:b' })
  t.teardown(() => {
    one.close()
    server.close()
  })
  t.match(await one.user(), { name: 'oneadmin' })
  t.match(await one.user(), { name: 'oneadmin' })
  t.same([connections, requests], [2, 3], 'asked again on a fresh connection')
})

t.test('a password is kept out of all texts once oned has accepted it, not before', async (t) => {
  const { one } = await playing(t, 'one.user.info')
  const text = 'alice said ordinary'
  const alice = one.as('alice:ordinary')
  t.equal(scrub(text), text, 'anybody may try words')
  await alice.user()
  t.equal(scrub(text), 'alice said ******')
})
