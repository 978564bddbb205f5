import type { Attributes } from './attributes.ts'
import type { Cloud, Network } from './cloud.ts'
import { freeLease, takeLease } from './leases.ts'
import { type Methods, method } from './method.ts'
import { networkXml } from './network-xml.ts'
import { authorize, may, ownedBy } from './owned.ts'
import { addRange, unregister, updateRange } from './ranges.ts'
import { errno, Refusal } from './refusal.ts'
import { rightsMethods } from './rights-methods.ts'
import { parseTemplate } from './template-text.ts'
import type { User } from './users.ts'
import { wrapped } from './xml.ts'

export const networkState = { init: 0, ready: 1, lockCreate: 2, lockDelete: 3, error: 5 } as const

const drivers = ['bridge', 'vxlan', 'elastic', '802.1Q', 'fw', 'ovswitch', 'ovswitch_vxlan']
/** VXLAN_IDS START of the default oned.conf. */
const firstVni = 2

export function networkMethods(cloud: Cloud): Methods {
  const { networks } = cloud
  const manage = (user: User, id: number) => {
    authorize(user, 'MANAGE', 'NET', networks.get(id))
    return networks.get(id)
  }
  return {
    'one.vn.allocate': method(['string', 'int'], (user, text, clusterId) =>
      allocateNetwork(cloud, user, parseTemplate(text), clusterId),
    ),
    'one.vn.info': method(['int', 'bool'], (user, id) => {
      authorize(user, 'USE', 'NET', networks.get(id))
      return networkXml(cloud, networks.get(id), true)
    }),
    'one.vn.update': method(['int', 'string', 'int'], (user, id, text) => {
      const network = manage(user, id)
      network.template.merge(parseTemplate(text))
      network.bridge = network.template.text('BRIDGE') ?? network.bridge
      network.phydev = network.template.text('PHYDEV') ?? network.phydev
      return id
    }),
    'one.vn.add_ar': method(['int', 'string'], async (user, id, text) => {
      const network = manage(user, id)
      if (network.state === networkState.error) {
        throw new Refusal(errno.internal, 'Cannot add address range in state ERROR')
      }
      const [range] = parseTemplate(text).vectors('AR')
      if (!range)
        throw new Refusal(errno.internal, 'Wrong AR definition. AR vector attribute is missing.')
      await addRange(cloud, network, range)
      return id
    }),
    'one.vn.update_ar': method(['int', 'string'], (user, id, text) => {
      const network = manage(user, id)
      const [wanted] = parseTemplate(text).vectors('AR')
      if (!wanted)
        throw new Refusal(errno.internal, 'Wrong AR definition. AR vector attribute is missing.')
      updateRange(network, wanted)
      return id
    }),
    'one.vn.rm_ar': method(['int', 'int', 'bool'], async (user, id, rangeId, force) => {
      await removeRange(cloud, manage(user, id), rangeId, force)
      return id
    }),
    'one.vn.hold': method(['int', 'string'], async (user, id, text) => {
      const network = manage(user, id)
      await cloud.oneAtATime(() => takeLease(cloud, network, held, leaseIp(text)))
      return id
    }),
    'one.vn.release': method(['int', 'string'], async (user, id, text) => {
      for (const range of manage(user, id).ranges) await freeLease(cloud, range, leaseIp(text))
      return id
    }),
    'one.vn.delete': method(['int'], async (user, id) => {
      await deleteNetwork(cloud, manage(user, id))
      return id
    }),
    ...rightsMethods('vn', 'NET', networks, cloud.users),
    'one.vnpool.info': method(['int', 'int', 'int'], (user) =>
      wrapped(
        'VNET_POOL',
        networks
          .newestFirst()
          .filter((one) => may(user, 'USE', one))
          .map((one) => networkXml(cloud, one, false))
          .join(''),
      ),
    ),
  }
}

const held = -1
const leaseIp = (text: string) => parseTemplate(text).vectors('LEASES')[0]?.['IP'] ?? ''

/** Answers the id at once; drivers run afterwards, and the network is LOCK_CREATE until then. */
export function allocateNetwork(
  cloud: Cloud,
  user: User,
  template: Attributes,
  clusterId: number,
  templateId?: number,
): number {
  const plan = checked(template)
  if (clusterId !== -1) cloud.clusters.get(clusterId)
  const name = template.text('NAME') ?? ''
  refuseTaken(cloud, user, name)
  const network = cloud.networks.add((id) => {
    const vlanId = plan.automaticVlan ? String(id + firstVni) : plan.vlanId
    const bridge = template.text('BRIDGE') ?? (plan.vlanId ? `onebr.${plan.vlanId}` : `onebr${id}`)
    return {
      ...{ id, name, bridge, vlanId, templateId, template, ranges: [] },
      ...{ vnMad: plan.vnMad, phydev: plan.phydev, automaticVlan: plan.automaticVlan },
      ...{ state: networkState.lockCreate, prevState: networkState.init },
      clusterIds: clusterIdsOf(template, clusterId),
      ...ownedBy(user),
    }
  })
  template.remove('NAME', 'AUTOMATIC_VLAN_ID', 'VLAN_ID')
  template.set('BRIDGE', network.bridge).set('BRIDGE_TYPE', 'linux').set('PHYDEV', plan.phydev)
  if (template.text('SECURITY_GROUPS') === undefined) template.set('SECURITY_GROUPS', '0')
  cloud.background(`create network ${network.id}`, createNetwork(cloud, network))
  return network.id
}

function checked(template: Attributes) {
  const vnMad = template.text('VN_MAD')
  const phydev = template.text('PHYDEV') ?? ''
  const vlanId = template.text('VLAN_ID') ?? ''
  const automatic = /^yes$/i.test(template.text('AUTOMATIC_VLAN_ID') ?? '')
  const refuse = (text: string) => new Refusal(errno.internal, text)
  if (!vnMad) throw refuse('No VN_MAD in template for Virtual Network.')
  if (!drivers.includes(vnMad)) {
    throw refuse(`VN_MAD named "${vnMad}" is not defined in oned.conf`)
  }
  if (vnMad === 'vxlan' && !phydev) throw refuse('PHYDEV is mandatory for driver vxlan')
  if (vnMad === 'vxlan' && !vlanId && !automatic) {
    throw refuse('VLAN_ID (or AUTOMATIC_VLAN_ID) is mandatory for driver vxlan')
  }
  return { vnMad, phydev, vlanId, automaticVlan: vnMad === 'vxlan' && automatic && !vlanId }
}

function refuseTaken(cloud: Cloud, user: User, name: string): void {
  const taken = cloud.networks.newestFirst().find((one) => one.name === name && one.uid === user.id)
  if (!taken) return
  const why = `NAME is already taken by NET ${taken.id}.`
  throw new Refusal(errno.allocate, `Error allocating a new virtual network. ${why}`)
}

function clusterIdsOf(template: Attributes, clusterId: number): number[] {
  const listed = template.text('CLUSTER_IDS')
  if (clusterId !== -1) return [clusterId]
  return listed === undefined ? [0] : listed.split(',').map(Number)
}

/** vnet_create, then every AR; one that cannot be registered leaves the network in ERROR. */
async function createNetwork(cloud: Cloud, network: Network): Promise<void> {
  const wanted = network.template.vectors('AR')
  await cloud.ipam.inTurn(() => cloud.clock.sleep(vnetScriptMs, cloud.stopped))
  const failures: string[] = []
  for (const range of wanted) {
    await addRange(cloud, network, range).catch((error: Error) => failures.push(error.message))
  }
  network.template.remove('AR').set('OUTER_VLAN_ID', '')
  if (!network.automaticVlan) network.template.set('VLAN_ID', network.vlanId)
  if (failures.length > 0) network.template.set('ERROR', failures.join(' '))
  network.state = failures.length > 0 ? networkState.error : networkState.ready
  network.prevState = network.state
}

/** vnet_create and vnet_delete of our drivers do nothing, in about this time. */
const vnetScriptMs = 300

async function removeRange(cloud: Cloud, network: Network, id: number, force: boolean) {
  const range = network.ranges.find((one) => one.id === id)
  if (!range) throw new Refusal(errno.internal, 'Address Range does not exist')
  if (range.leases.size > 0 && !force) {
    throw new Refusal(errno.internal, 'Address Range has leases in use')
  }
  await unregister(cloud, range).catch((error) => {
    if (!force) throw error
  })
  network.ranges = network.ranges.filter((one) => one !== range)
}

async function deleteNetwork(cloud: Cloud, network: Network): Promise<void> {
  const cannot = (why: string) => new Refusal(errno.action, `Cannot delete virtual network. ${why}`)
  if (network.ranges.some(({ leases }) => leases.size > 0)) {
    throw cannot('Can not remove a virtual network with leases in use')
  }
  for (const range of [...network.ranges]) {
    await unregister(cloud, range).catch(() => {
      throw cannot('')
    })
    network.ranges = network.ranges.filter((one) => one !== range)
  }
  network.state = networkState.lockDelete
  const gone = cloud.ipam
    .inTurn(() => cloud.clock.sleep(vnetScriptMs, cloud.stopped))
    .then(() => cloud.networks.delete(network.id))
  cloud.background(`delete network ${network.id}`, gone)
}
