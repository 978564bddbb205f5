import type { CloudFound, CloudObject, Found } from './found.ts'
import { repeated } from './repeated.ts'
import { taken } from './taken.ts'

/** What is wrong with the networks and addresses at Scaleway. Pure. */
export function cloudProblems(found: Found, cloud: CloudFound): string[] {
  return [...networkProblems(found, cloud), ...addressProblems(found, cloud)]
}

function networkProblems({ provision, uuid }: Found, cloud: CloudFound): string[] {
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
  return [
    ...only('VPC', vpcs),
    ...only('private network', networks),
    ...only('public gateway', gateways),
    ...ofSeveralRuns([vpc, network, gateway].filter((one) => one !== undefined)),
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
  ]
}

/** The stock driver ends the names of all that one run makes with the same random word. */
function ofSeveralRuns(objects: readonly CloudObject[]): string[] {
  const words = new Set(objects.map(({ name }) => name.split('_').at(-1)))
  if (words.size < 2) return []
  const names = objects.map(({ name }) => name).join(', ')
  return [`These are of several runs of the stock driver, as their names end: ${names}`]
}

function addressProblems({ opennebula, provision, uuid }: Found, cloud: CloudFound): string[] {
  const seen = new Set(cloud.addresses.map(({ id }) => id))
  const servers = new Set(cloud.servers.map(({ id }) => id))
  return [
    ...opennebula.ranges.flatMap(({ id, external, flexibleIp }) =>
      flexibleIp !== undefined && seen.has(flexibleIp)
        ? []
        : [`Flexible IP ${external ?? '?'} of address range ${id} is not seen at Scaleway`],
    ),
    ...repeated(opennebula.ranges, ({ external }) => external).map(
      ([external, ranges]) =>
        `Address ranges ${ranges.map(({ id }) => id).join(', ')} have the same public address ${external}`,
    ),
    ...repeated(opennebula.ranges, ({ flexibleIp }) => flexibleIp).map(
      ([flexibleIp, ranges]) =>
        `Address ranges ${ranges.map(({ id }) => id).join(', ')} have the same flexible IP ${flexibleIp}`,
    ),
    ...cloud.addresses.flatMap((one) => [
      ...taken(`Flexible IP ${one.external}`, one, uuid),
      // Ranges can be written to by their network's owner, who may name another's address.
      ...(one.server === null || servers.has(one.server)
        ? []
        : [
            `Flexible IP ${one.external} is on server ${one.server}, which is not provision ${provision.id}’s`,
          ]),
    ]),
  ]
}
