import t from 'tap'
import { AgentFrame, HostSpec, parseAs } from '../../../lib/contract/index.ts'

const spec: HostSpec = {
  version: 1,
  epoch: 1,
  generation: 1,
  server: '545b357e-4da5-495b-95bd-105ad07ff324',
  hostname: 'provision-1-host-0',
  public: { address: '51.15.0.10', neighbour: 'none' },
  underlay: {
    medium: { kind: 'vlan', id: 1745 },
    address: '10.180.0.4/22',
    gateway: '10.180.0.2',
    mtu: 1500,
  },
  bgp: { asn: 65000, role: 'mesh', clusterId: null, neighbours: [], password: null },
  networks: [],
  publicNetworks: [],
  elastics: [],
  ports: [],
  firewall: { management: [] },
  pools: { links: '100.96.0.0/11', elastic: '100.64.0.0/16' },
}

t.test('a complete spec passes, and members of a newer version are kept', async (t) => {
  t.same(parseAs(HostSpec, { ...spec, later: true }, 'spec'), { ...spec, later: true })
})

t.test('a spec that is wrong anywhere is refused by the place that is wrong', async (t) => {
  const bad = [
    { ...spec, version: 2 },
    { ...spec, underlay: { ...spec.underlay, medium: { kind: 'vlan', id: 4095 } } },
    { ...spec, public: { address: 'nowhere', neighbour: 'none' } },
    { ...spec, networks: [{ id: 1, name: 'n', vni: 2, bridge: 'this-name-is-too-long' }] },
  ]
  for (const value of bad) {
    t.throws(() => parseAs(HostSpec, value, 'spec'), {
      code: 'EDGE_MESSAGE_INVALID',
      kind: 'invalid',
    })
  }
})

t.test('a frame of an unknown type is refused', async (t) => {
  t.throws(() => parseAs(AgentFrame, { type: 'shutdown' }, 'frame'), {
    code: 'EDGE_MESSAGE_INVALID',
  })
  t.same(parseAs(AgentFrame, { type: 'ping' }, 'frame'), { type: 'ping' })
})

t.test('a wrong frame is told what its own kind misses, however often it comes', async (t) => {
  const applied = { type: 'applied', epoch: 1, generation: 2, ok: true, steps: 0, faults: [] }
  for (let time = 0; time < 3; time++) {
    t.throws(() => parseAs(AgentFrame, { ...applied, steps: -1 }, 'frame'), {
      message: /^frame is not valid at \/steps: /,
    })
    t.same(parseAs(AgentFrame, applied, 'frame'), applied)
  }
})
