import { netmask } from '../../../lib/net/index.ts'
import type { Cloud, Network, NicVector, Vm } from './cloud.ts'
import type { VmNic } from './hypervisor.ts'
import { freeLease, takeLease } from './leases.ts'
import { may } from './owned.ts'
import { errno, Refusal } from './refusal.ts'
import type { User } from './users.ts'

/** INHERIT_VNET_ATTR of the default oned.conf. */
const inherited = [
  ...['VLAN_TAGGED_ID', 'FILTER', 'FILTER_IP_SPOOFING', 'FILTER_MAC_SPOOFING', 'MTU', 'METRIC'],
  ...['METHOD', 'CONF', 'BRIDGE_CONF', 'OVS_BRIDGE_CONF', 'IP_LINK_CONF', 'EXTERNAL_IP'],
  ...['GATEWAY', 'DNS', 'VXLAN_MODE', 'VXLAN_TEP', 'VXLAN_MC', 'CVLANS', 'QINQ_TYPE'],
]

/** Takes a lease and makes the NIC as oned stores it. */
export async function attachNic(
  cloud: Cloud,
  user: User,
  vm: number,
  nicId: number,
  wanted: Readonly<Record<string, string>>,
): Promise<NicVector> {
  const network = cloud.networks.get(Number(wanted['NETWORK_ID'] ?? -1))
  if (!may(user, 'USE', network)) {
    const what = `Not authorized to perform USE NET [${network.id}].`
    throw new Refusal(errno.authorization, `User [${user.id}] : ${what}`)
  }
  const { range, ip, mac } = await takeLease(cloud, network, vm, wanted['IP'])
  const nic: NicVector = {
    ...inheritedFrom(network, range.attributes),
    AR_ID: String(range.id),
    BRIDGE: network.bridge,
    BRIDGE_TYPE: 'linux',
    CLUSTER_ID: network.clusterIds.join(','),
    MAC: mac,
    NAME: `NIC${nicId}`,
    NETWORK: network.name,
    NETWORK_ID: String(network.id),
    NIC_ID: String(nicId),
    SECURITY_GROUPS: network.template.text('SECURITY_GROUPS') ?? '0',
    TARGET: `one-${vm}-${nicId}`,
    VN_MAD: network.vnMad,
  }
  if (ip) nic['IP'] = ip
  if (network.phydev) nic['PHYDEV'] = network.phydev
  if (network.vlanId) nic['VLAN_ID'] = network.vlanId
  return nic
}

export async function detachNics(cloud: Cloud, vm: Vm): Promise<void> {
  for (const nic of vm.nics) {
    const range = rangeOf(cloud, nic)
    if (!range) continue
    await freeLease(cloud, range, nic['IP'] ?? '').catch((error: Error) =>
      cloud.logger.warn('free_address failed, the lease stays', { reason: error.message }),
    )
  }
}

/** What the guest is told: CONTEXT carries mask and MTU, which the NIC does not. */
export function guestNic(cloud: Cloud, nic: NicVector): VmNic {
  return {
    target: nic['TARGET'] ?? '',
    bridge: nic['BRIDGE'] ?? '',
    mac: nic['MAC'] ?? '',
    ip: nic['IP'] ?? '',
    prefix: prefixOf(networkAttribute(cloud, nic, 'NETWORK_MASK')),
    gateway: nic['GATEWAY'],
    mtu: Number(networkAttribute(cloud, nic, 'GUEST_MTU') || 1500),
    dns: nic['DNS'],
  }
}

/** An attribute of the AR, else of its network; empty when neither has it. */
export function networkAttribute(cloud: Cloud, nic: NicVector, name: string): string {
  const network = cloud.networks.find(Number(nic['NETWORK_ID']))
  return rangeOf(cloud, nic)?.attributes[name] ?? network?.template.text(name) ?? ''
}

function rangeOf(cloud: Cloud, nic: NicVector) {
  const network = cloud.networks.find(Number(nic['NETWORK_ID']))
  return network?.ranges.find(({ id }) => String(id) === nic['AR_ID'])
}

function inheritedFrom(network: Network, range: Readonly<Record<string, string>>): NicVector {
  const found = inherited.flatMap((name) => {
    const value = range[name] ?? network.template.text(name)
    return value === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(found)
}

/** A guest without mask takes its classful neighbour: /24, as the context scripts do. */
function prefixOf(mask: string): number {
  for (let bits = 0; bits <= 32; bits += 1) if (netmask(bits) === mask) return bits
  return 24
}
