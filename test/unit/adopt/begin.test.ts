import t from 'tap'
import { adoptedBody } from '../../../controller/adopt/adopted-body.ts'
import { adoptedValues } from '../../../controller/adopt/adopted-values.ts'
import { historicLimit, states } from '../../../controller/documents/index.ts'
import { inputValues, parseInputs } from '../../../controller/provision/index.ts'
import { adoptedUuid, cloud, opennebula, serverIds, whole } from './samples.ts'

const provider = { id: 8, name: 'scw' }
const nowMs = 1_800_000_000_000

function bodyOf(change: Parameters<typeof whole>[0] = {}) {
  const found = { ...whole(change), cloud, provider }
  const values = inputValues(parseInputs(adoptedValues(found)))
  const described = { fireedge: {}, user_inputs: [], user_inputs_values: values }
  return adoptedBody(found, described, nowMs)
}

t.test(
  'the document tells whoever goes on what is where, by the keys it has from now on',
  async (t) => {
    const body = bodyOf()
    t.match(body, {
      ...{ engine: 'edgectl', driver: 'scaleway', uuid: adoptedUuid, state: states.PENDING },
      ...{ name: 'edge-a', provider_id: 8, tags: { owner: 'ops' } },
      host_keys: ['host-0', 'host-1'],
      next_keys: { host: 2, ip: 1 },
      stock_keys: [{ id: 'k', name: 'provision_5_key_0a' }],
    })
    t.strictSame(body.adopting?.cloud, [
      { role: 'vpc', key: 'vpc', id: 'v' },
      { role: 'private-network', key: 'private-network', id: 'n' },
      { role: 'gateway', key: 'gateway', id: 'g' },
      { role: 'gateway-ip', key: 'gateway-ip', id: 'i' },
      { role: 'server', key: 'host-0', id: serverIds[0], address: '51.15.1.10' },
      { role: 'server', key: 'host-1', id: serverIds[1], address: '51.15.1.11' },
      { role: 'flexible-ip', key: 'ip-0', id: 'f', address: '163.172.5.1' },
    ])
    t.strictSame(
      body.adopting?.one.map(({ kind, key, id }) => `${kind} ${id} is ${key}`),
      [
        'cluster 102 is cluster',
        'datastore 102 is system-datastore',
        'datastore 103 is image-datastore',
        'network 19 is private-network',
        'network 20 is public-network',
        'host 4 is host-0',
        'host 5 is host-1',
      ],
    )
    t.strictSame(body.adopting?.ranges, [
      { network: 20, id: 0, ip: '172.27.9.4', external: '163.172.5.1', key: 'ip-0' },
    ])
    t.strictSame(body.adopting?.devices, ['eno1.21'])
  },
)

t.test('a host that somebody has closed is told to stay so', async (t) => {
  const hosts = opennebula.hosts.map((host) => ({ ...host, keptClosed: host.id === 5 }))
  t.strictSame(bodyOf({ opennebula: { ...opennebula, hosts } }).adopting?.kept_closed, [5])
  t.strictSame(bodyOf().adopting?.kept_closed, [])
})

t.test('its inputs are what is there by now, and its history goes on', async (t) => {
  const { user_inputs_values, historic, registration_time } = bodyOf()
  t.match(user_inputs_values, {
    ...{ oneform_hosts: 2, instance_public_ips: 1, cidr_block: '172.18.0.0/24' },
    ...{ hypervisor: 'kvm', gateway_type: 'VPC-GW-S', instance_os_name: 'ubuntu_2204' },
  })
  t.notOk('oneform_public_ips' in user_inputs_values)
  t.equal(registration_time, 1795335365)
  t.match(historic.at(-2), { description: /to RUNNING/ })
  t.match(historic.at(-1), { action: 'Taken over', description: /provider 8 instead of 3/ })
  t.ok(historic.length <= historicLimit)
})

t.test('no device is removed that is ours, or that no interface could be', async (t) => {
  const networks = (phydev: string) =>
    opennebula.networks.map((network) => ({ ...network, attributes: { PHYDEV: phydev } }))
  for (const phydev of ['scwpn', '-rf', 'a name', 'eno1;reboot', 'longer-than-one-may-be'])
    t.strictSame(
      bodyOf({ opennebula: { ...opennebula, networks: networks(phydev) } }).adopting?.devices,
      [],
      phydev,
    )
})
