import { underlayName } from '../../lib/contract/index.ts'
import type { CloudFound, Found } from './found.ts'
import { hostsOf } from './stock-provision.ts'

/** One thing that would be another afterwards. */
export interface Change {
  readonly where: 'document' | 'Scaleway' | 'host' | 'OpenNebula'
  readonly object: string
  readonly what: string
}

/** What taking it over would change, in the order in which it would. Pure. */
export function changesOf(found: Found, cloudId: string): Change[] {
  return [
    ...documentChanges(found),
    ...(found.cloud ? cloudChanges(found, found.cloud, cloudId) : []),
    ...openNebulaChanges(found),
    ...hostChanges(found),
  ]
}

function documentChanges({ provision, provider }: Found): Change[] {
  const object = `provision ${provision.id}`
  const payer = provider ? `${provider.id} (${provider.name})` : 'one of edgectl’s'
  return [
    {
      ...{ where: 'document', object },
      what: 'gets the engine edgectl and a uuid of its own; requests about it go to the stock server no more',
    },
    {
      ...{ where: 'document', object },
      what: `its provider becomes ${payer} instead of ${provision.body.provider_id}`,
    },
  ]
}

function cloudChanges(
  { provision, opennebula, uuid }: Found,
  cloud: CloudFound,
  id: string,
): Change[] {
  const at = (object: string, what: string): Change => ({ where: 'Scaleway', object, what })
  const tags = (role: string, key: string, place = 'beside') =>
    `gets the tags managed-by=edgectl, cloud=${id}, provision=${uuid}, role=${role}, key=${key} ${place} its own`
  const network = cloud.networks[0]
  const servers = hostsOf(provision).flatMap(({ key, server }) => {
    const one = cloud.servers.find((candidate) => candidate.id === server)
    if (one === undefined) return []
    const object = `server ${one.name}`
    const attached = network !== undefined && one.privateNetworks.includes(network.id)
    return [
      at(object, tags('server', key)),
      ...(one.optioned ? [] : [at(object, `gets the private-network option${priced(one)}`)]),
      ...(attached
        ? []
        : [at(object, `is put on ${network?.name ?? 'the private network'} with an IPAM address`)]),
    ]
  })
  return [
    at('SSH key', 'one of edgectl’s own is added to the project'),
    ...cloud.vpcs.map(({ name }) => at(`VPC ${name}`, tags('vpc', 'vpc'))),
    ...cloud.networks.map(({ name }) =>
      at(`private network ${name}`, tags('private-network', 'private-network')),
    ),
    ...cloud.gateways.flatMap(({ name, address, privateNetworks, bastion }) => [
      at(`public gateway ${name}`, tags('gateway', 'gateway')),
      at(
        `public gateway ${name}`,
        `its SSH bastion gets edgectl’s key and lets in who may manage hosts${narrowed(bastion)}`,
      ),
      ...(address
        ? [at(`gateway address ${address.address}`, tags('gateway-ip', 'gateway-ip'))]
        : []),
      ...(network && !privateNetworks.includes(network.id)
        ? [at(`public gateway ${name}`, `is put on ${network.name}`)]
        : []),
    ]),
    ...servers,
    ...opennebula.ranges.map(({ external }, index) =>
      at(`flexible IP ${external ?? '?'}`, tags('flexible-ip', `ip-${index}`, 'instead of')),
    ),
  ]
}

/** Who has restricted it by hand has meant it. */
function narrowed(bastion: readonly string[]): string {
  if (bastion.length === 0 || bastion.includes('0.0.0.0/0')) return ''
  return `; where firewall.management names nobody it goes on letting in ${bastion.join(', ')} alone`
}

function priced({ optionPrice }: CloudFound['servers'][number]): string {
  if (optionPrice === undefined) return ', whose price is not known'
  const { perMonth, currency, source } = optionPrice
  return `: ${perMonth.toFixed(2)} ${currency} per month (${source})`
}

function openNebulaChanges({ opennebula: one }: Found): Change[] {
  const at = (object: string, what: string): Change => ({ where: 'OpenNebula', object, what })
  const key = 'gets EDGE_KEY beside its ONEFORM'
  return [
    ...(one.cluster ? [at(`cluster ${one.cluster.id}`, key)] : []),
    ...one.datastores.map(({ id, name }) => at(`datastore ${id} (${name})`, key)),
    ...one.hosts.map(({ id, name, keptClosed }) =>
      at(
        `host ${id} (${name})`,
        `${key}, EDGE_HOST with its place on the private network and EDGE_HOST_KEY with its SSH host key; it ${keptClosed ? 'stays disabled' : 'is disabled until its networks run'}`,
      ),
    ),
    ...one.networks.map(({ id, name, vnMad, attributes }) =>
      at(
        `network ${id} (${name})`,
        vnMad === 'vxlan'
          ? `${key}; its PHYDEV becomes ${underlayName} instead of ${attributes['PHYDEV'] ?? 'none'}, its VXLANs use port 4789, its MTU is 1450`
          : key,
      ),
    ),
    at('network template', 'one for more private networks is made'),
    ...one.ranges.map(({ network, id, external, ip }) =>
      at(
        `address range ${id} of network ${network}`,
        `is made anew for ${external ?? '?'}: virtual machines get an address of edgectl’s pool instead of ${ip ?? '?'}`,
      ),
    ),
  ]
}

function hostChanges({ provision }: Found): Change[] {
  return hostsOf(provision).flatMap(({ name: object }): Change[] => [
    {
      where: 'host',
      object,
      what: 'lets edgectl in with a key of its own; its SSH host key stays, and is taken from it over the login that OpenNebula’s known_hosts prove',
    },
    {
      ...{ where: 'host', object },
      what: 'gets the agent, and what packages of FRR and the hypervisor it lacks',
    },
    {
      ...{ where: 'host', object },
      what: 'loses what the stock network drivers may have left: VXLAN devices on its public interface, NAT rules of its public addresses',
    },
    {
      ...{ where: 'host', object },
      what: 'its overlay leaves the public interface for the private network: BGP sessions and VXLAN devices there end',
    },
  ])
}
