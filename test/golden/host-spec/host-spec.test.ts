import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { type CompileInput, compileHostSpec, createMoves } from '../../../controller/fleet/index.ts'
import type { Network } from '../../../controller/opennebula/index.ts'
import { HostSpec, parseAs } from '../../../lib/contract/index.ts'
import {
  elastic,
  elasticNic,
  lcm,
  nic,
  provision,
  server,
  vm,
  vxlan,
} from '../../unit/fleet/samples.ts'

type Case = Omit<CompileInput, 'self' | 'password'> & { readonly host?: number }

const blue = vxlan(1)
const red = vxlan(2, { EDGE_EGRESS: 'host', MTU: '1400' })
const open = elastic(3)
const networks = [open, red, blue, vxlan(9, {}, { clusterIds: [0] })]

function withRange(network: Network, external: string, ip: string): Network {
  const attributes = { IPAM_MAD: 'scaleway', EXTERNAL_IP: external }
  const range = { id: 0, type: 'IP4', mac: '', size: 1, usedLeases: 0, leases: [] }
  return { ...network, ranges: [{ ...range, ip, attributes }] }
}

const moved = createMoves()
const migrating = vm(7, lcm.migrate, [1, 2], [elasticNic(0, open, 1), nic(1, blue, '172.30.0.10')])
moved.arrived(migrating, 0, 12)

const cases: Readonly<Record<string, Case>> = {
  'one host alone': { facts: provision(1), networks: [blue], vms: [] },
  'two hosts in a mesh': { facts: provision(2), networks, vms: [] },
  'four hosts, a reflector': { facts: provision(4), networks, vms: [] },
  'four hosts, a client': { facts: provision(4), host: 4, networks, vms: [] },
  'virtual machines with private and elastic addresses': {
    facts: provision(2, {
      firewall: { management: ['192.0.2.0/24'], open: [{ protocol: 'tcp', port: 9100 }] },
    }),
    networks,
    vms: [
      vm(7, lcm.running, [1], [elasticNic(0, open, 1), nic(1, blue, '172.30.0.10')]),
      vm(8, lcm.boot, [2], [elasticNic(0, open, 2)]),
      vm(5, lcm.prolog, [2, 1], [nic(0, red, '172.31.0.5')]),
      vm(6, 11, [1], [elasticNic(0, open, 3)]),
    ],
  },
  'live migration, source': { facts: provision(2), networks, vms: [migrating] },
  'live migration, destination': { facts: provision(2), host: 2, networks, vms: [migrating] },
  'live migration, destination after assign': {
    facts: provision(2),
    host: 2,
    networks,
    vms: [migrating],
    moves: moved,
  },
  'a reservation is its parent to the hosts': {
    facts: provision(1),
    networks: [blue, vxlan(4, {}, { parentNetworkId: 1, bridge: 'onebr1', vlanId: 3 })],
    vms: [vm(7, lcm.running, [1], [nic(0, { ...blue, id: 4 }, '172.30.0.77')])],
  },
  'aliases speak through the ports of their parents': {
    facts: provision(1),
    networks: [blue, open, elastic(4)],
    vms: [
      vm(
        7,
        lcm.running,
        [1],
        [
          elasticNic(0, open, 1),
          nic(1, blue, '172.30.0.10'),
          elasticNic(2, open, 2, { parentId: 0 }),
          elasticNic(3, elastic(4), 3, { parentId: 0 }),
          nic(4, blue, '172.30.0.11', { parentId: 1 }),
          elasticNic(5, open, 4, { parentId: 1 }),
          nic(6, blue, '172.30.0.12', { parentId: 9 }),
        ],
      ),
    ],
  },
  'an address that a range gives to somebody else': {
    facts: provision(1),
    networks: [withRange(open, '195.154.0.9', '100.64.0.18')],
    vms: [
      vm(3, lcm.running, [1], [elasticNic(0, open, 3, { externalIp: '195.154.0.9' })]),
      vm(7, lcm.running, [1], [elasticNic(0, open, 9)]),
    ],
  },
  'what tenants may not have': {
    facts: provision(2),
    networks: [
      open,
      blue,
      vxlan(10, {}, { bridge: 'onebr1' }),
      vxlan(11, {}, { vlanId: 3 }),
      vxlan(12, {}, { bridge: 'eth0; reboot' }),
      vxlan(13, {}, { phydev: 'eno1' }),
      vxlan(14, {}, { vlanId: undefined }),
      vxlan(15, { GATEWAY: '10.180.0.2', NETWORK_ADDRESS: '10.180.0.0' }),
      vxlan(16, { GATEWAY: '172.31.0.1' }),
      vxlan(17, { GATEWAY: '169.254.169.254', NETWORK_ADDRESS: '169.254.169.0' }),
      vxlan(18, { GATEWAY: '51.15.0.1', NETWORK_ADDRESS: '51.15.0.0' }),
      vxlan(19, { GATEWAY: '100.64.0.1', NETWORK_ADDRESS: '100.64.0.0' }),
      vxlan(20, { GATEWAY: 'fe80::1' }),
      vxlan(21, { NETWORK_MASK: '255.0.255.0' }),
      vxlan(22, { EDGE_EGRESS: 'moon', MTU: '9000' }),
    ],
    vms: [
      vm(1, lcm.running, [1], [elasticNic(0, open, 1)]),
      vm(2, lcm.running, [1], [elasticNic(0, open, 2, { externalIp: '195.154.0.1' })]),
      vm(3, lcm.running, [1], [elasticNic(0, open, 3, { externalIp: '51.15.0.12' })]),
      vm(4, lcm.running, [1], [elasticNic(0, open, 4, { ip: '172.30.0.4' })]),
      vm(5, lcm.running, [1], [elasticNic(0, open, 5, { gateway: undefined })]),
      vm(6, lcm.running, [1], [nic(0, blue, '172.30.0.6', { mac: 'x' })]),
    ],
  },
}

for (const [name, { host = 1, ...input }] of Object.entries(cases)) {
  t.test(name, async (t) => {
    const password = 'not-a-secret-here'
    const compiled = compileHostSpec({ ...input, self: server(host), password })
    parseAs(HostSpec, { ...compiled.content, epoch: 1, generation: 1 }, 'the compiled state')
    const file = new URL(`${name.replaceAll(/[^a-z]+/g, '-')}.json`, import.meta.url)
    const text = `${JSON.stringify(compiled, null, 2)}\n`
    if (process.env['EDGE_GOLDEN'] === 'update') writeFileSync(file, text)
    t.ok(existsSync(file), 'the golden file is there')
    t.equal(text, readFileSync(file, 'utf8'))
    const shuffled = {
      ...input,
      networks: input.networks.toReversed(),
      vms: input.vms.toReversed(),
      facts: { ...input.facts, servers: input.facts.servers.toReversed() },
    }
    t.strictSame(
      compileHostSpec({ ...shuffled, self: server(host), password }),
      compiled,
      'the order of what oned lists does not matter',
    )
  })
}
