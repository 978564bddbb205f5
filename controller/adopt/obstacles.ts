import { Fault } from '../../lib/fault/index.ts'
import { isIpv4 } from '../../lib/net/index.ts'
import { states } from '../documents/index.ts'
import { parseInputs } from '../provision/index.ts'
import { adoptedValues } from './adopted-values.ts'
import type { CloudFound, CloudObject, CloudServer, Found } from './found.ts'
import { hostsOf } from './stock-provision.ts'

/** All that is in the way of taking a provision over, a sentence each. Pure. */
export function obstaclesOf(found: Found): string[] {
  const { provision, provider, cloud } = found
  const { body } = provision
  const zones = [...new Set(hostsOf(provision).map(({ zone }) => zone))]
  return [
    ...(body.state === states.RUNNING
      ? []
      : ['It is not RUNNING, and only then all of it is there']),
    ...(provider
      ? []
      : [
          `No provider of edgectl that you may use pays for its project in ${zones.join(', ')}: edgectl provider create`,
        ]),
    ...inputProblems(found),
    ...(cloud ? [...serverProblems(found, cloud), ...networkProblems(found, cloud)] : []),
    ...openNebulaProblems(found),
    ...[...found.logins].flatMap(([address, why]) =>
      why === null ? [] : [`${address} cannot be logged in to with oneadmin’s key: ${why}`],
    ),
  ]
}

/** What edgectl could not have been asked for it could not go on with either. */
function inputProblems(found: Found): string[] {
  try {
    parseInputs(adoptedValues(found))
    return []
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const context = (error.details.context ?? {}) as Record<string, string[]>
    return Object.entries(context).map(([name, messages]) => `Its ${name} ${messages.join(', ')}`)
  }
}

function serverProblems({ provision, provider, uuid }: Found, cloud: CloudFound): string[] {
  const named = hostsOf(provision)
  if (named.length === 0) return ['It has no hosts']
  return named.flatMap(({ server: id, zone, name }) => {
    const what = `Server ${id} of host ${name}`
    if (zone !== cloud.zone) return [`${what} is in ${zone}, and its provider in ${cloud.zone}`]
    const server = cloud.servers.find((one) => one.id === id)
    if (server)
      return [...conditionOf(server, name), ...taken(`Server ${server.name}`, server, uuid)]
    return [`${what} is not seen with the key of provider ${provider?.id}`]
  })
}

function conditionOf(server: CloudServer, name: string): string[] {
  const { status, install, address } = server
  return [
    ...(status === 'ready' ? [] : [`Server ${server.name} is ${status}`]),
    ...(install === 'completed'
      ? []
      : [`The installation of server ${server.name} is ${install ?? 'not known'}`]),
    ...(address === name
      ? []
      : [
          `Server ${server.name} has the address ${address ?? 'none'}, and its host is called ${name}`,
        ]),
  ]
}

function networkProblems({ opennebula, provision, uuid }: Found, cloud: CloudFound): string[] {
  const { vpcs, networks, gateways } = cloud
  const [vpc] = vpcs
  const [network] = networks
  const [gateway] = gateways
  const ids = (all: readonly CloudObject[]) => all.map(({ id }) => id).join(', ')
  const only = (what: string, all: readonly CloudObject[]) => {
    if (all.length === 1) return all.flatMap((one) => taken(`${what} ${one.name}`, one, uuid))
    if (all.length === 0) return [`No ${what} with its name is seen`]
    return [
      `Several of the name of its ${what} are seen, and which one is its is not clear: ${ids(all)}`,
    ]
  }
  const wanted = provision.body.user_inputs_values['cidr_block']
  const seen = new Set(cloud.addresses.map(({ id }) => id))
  return [
    ...only('VPC', vpcs),
    ...only('private network', networks),
    ...only('public gateway', gateways),
    ...(network && vpc && network.vpc !== vpc.id
      ? [`Private network ${network.name} is in another VPC than ${vpc.name}`]
      : []),
    ...(network && typeof wanted === 'string' && network.cidr !== wanted
      ? [`Private network ${network.name} has ${network.cidr}, and not its cidr_block ${wanted}`]
      : []),
    ...(gateway && gateway.status !== 'running'
      ? [`Public gateway ${gateway.name} is ${gateway.status}`]
      : []),
    ...(gateway && gateway.address === undefined
      ? [`Public gateway ${gateway.name} has no address`]
      : []),
    ...opennebula.ranges.flatMap(({ id, external, flexibleIp }) =>
      flexibleIp !== undefined && seen.has(flexibleIp)
        ? []
        : [`Flexible IP ${external ?? '?'} of address range ${id} is not seen at Scaleway`],
    ),
    ...cloud.addresses.flatMap((one) =>
      taken(`Flexible IP ${one.external}`, { ...one, name: one.external }, uuid),
    ),
  ]
}

/** Whose tags it has, its it stays; those of this very provision are of a taking over that got lost. */
function taken(what: string, { tags }: CloudObject, uuid: string): string[] {
  const others = tags.includes('managed-by=edgectl') && !tags.includes(`provision=${uuid}`)
  return others ? [`${what} has the tags of an edgectl already`] : []
}

function openNebulaProblems({ opennebula: one, provision }: Found): string[] {
  const { hosts, networks, datastores } = provision.body.one_objects
  type Named = readonly { readonly id: number | null; readonly name: string }[]
  const gone = (what: string, wanted: Named, there: Named) =>
    wanted
      .filter(({ id }) => !there.some((object) => object.id === id))
      .map(({ id, name }) => `OpenNebula’s ${what} ${id} (${name}) is gone, or another’s by now`)
  const names = one.foreignNetworks.map(({ id, name }) => `${id} (${name})`)
  return [
    ...(one.cluster ? [] : ['OpenNebula has no cluster of it']),
    ...gone('host', hosts, one.hosts),
    ...gone('network', networks, one.networks),
    ...gone('datastore', datastores, one.datastores),
    ...(one.machines.length === 0
      ? []
      : [
          `Virtual machines ${one.machines.join(', ')} are on its hosts or networks, whose bridges and VXLAN devices are made anew: end them first`,
        ]),
    ...several('networks of one kind', one.networks, ({ vnMad }) => vnMad),
    ...several('datastores of one kind', one.datastores, ({ type }) => type),
    ...one.ranges.flatMap(rangeProblems),
    ...(new Set(one.hosts.map(({ vmMad }) => vmMad)).size > 1
      ? ['Its hosts have different hypervisors']
      : []),
    ...(names.length === 0
      ? []
      : [`Networks in its cluster are not of its making: ${names.join(', ')}`]),
  ]
}

function rangeProblems({ network, id, ip, external, used }: Found['opennebula']['ranges'][number]) {
  const what = `Address range ${id} of network ${network}`
  return [
    ...(isIpv4(ip ?? '') && isIpv4(external ?? '')
      ? []
      : [
          `${what} is not of the stock IPAM driver, which gives a private and a public IPv4 address`,
        ]),
    ...(used === 0
      ? []
      : [
          `${what} (${external ?? ip}) has ${used} address in use, held or reserved: release it first`,
        ]),
  ]
}

/** Which of them would be the one that its document means is not clear. */
function several<T extends { readonly id: number }>(
  what: string,
  all: readonly T[],
  kindOf: (one: T) => string,
): string[] {
  return [...Map.groupBy(all, kindOf).values()]
    .filter(({ length }) => length > 1)
    .map((same) => `It has several ${what}: ${same.map(({ id }) => id).join(', ')}`)
}
