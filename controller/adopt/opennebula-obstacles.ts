import { isIpv4 } from '../../lib/net/index.ts'
import type { Found, OneNetwork, OneRange } from './found.ts'
import { repeated } from './repeated.ts'
import { addressesOf, networkKey } from './stock-provision.ts'

/** What of the provision OpenNebula lacks, and what lives on it. Pure. */
export function openNebulaProblems(found: Found): string[] {
  const { opennebula: one, provision } = found
  const { hosts, networks, datastores } = provision.body.one_objects
  type Named = readonly { readonly id: number | null; readonly name: string }[]
  const gone = (what: string, wanted: Named, there: Named) =>
    wanted
      .filter(({ id }) => !there.some((object) => object.id === id))
      .map(({ id, name }) => `OpenNebula’s ${what} ${id} (${name}) is gone, or another’s by now`)
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
    ...several('networks of one kind', one.networks, ({ vnMad }) => networkKey(vnMad)),
    ...several('datastores of one kind', one.datastores, ({ type }) => type),
    ...one.networks.flatMap(driverProblems),
    ...one.ranges.flatMap(rangeProblems),
    ...differing(found),
    ...(new Set(one.hosts.map(({ vmMad }) => vmMad)).size > 1
      ? ['Its hosts have different hypervisors']
      : []),
    ...foreign('Networks in its cluster are not of its making', one.foreignNetworks),
    ...foreign('Hosts in its cluster are not in its document', one.foreignHosts),
  ]
}

function foreign(
  what: string,
  all: readonly { readonly id: number; readonly name: string }[],
): string[] {
  return all.length === 0
    ? []
    : [`${what}: ${all.map(({ id, name }) => `${id} (${name})`).join(', ')}`]
}

function driverProblems({ id, name, vnMad }: OneNetwork): string[] {
  const known = vnMad === 'elastic' || vnMad === 'vxlan'
  return known
    ? []
    : [`Network ${id} (${name}) is of the driver ${vnMad}, and not vxlan or elastic`]
}

function rangeProblems({ network, id, ip, external, used }: OneRange): string[] {
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

/**
 * The stock server writes the addresses into its document when an `add-ip` or `remove-ip` ends: while one
 * is under way they differ, and it would write over what has become of the document.
 */
function differing({ provision, opennebula }: Found): string[] {
  return provision.body.one_objects.networks.flatMap((network) => {
    const told = addressesOf(network)
    if (told === undefined) return []
    const there = opennebula.ranges
      .filter((range) => range.network === network.id)
      .map(({ external }) => external ?? '?')
    if (told.toSorted().join() === there.toSorted().join()) return []
    const list = (all: readonly string[]) => all.join(', ') || 'none'
    return [
      `Network ${network.id} has the public addresses ${list(there)}, and its document says ${list(told)}: an add-ip or remove-ip may be under way`,
    ]
  })
}

/** Which of them would be the one that its document means is not clear. */
function several<T extends { readonly id: number }>(
  what: string,
  all: readonly T[],
  kindOf: (one: T) => string,
): string[] {
  return repeated(all, kindOf).map(
    ([, same]) => `It has several ${what}: ${same.map(({ id }) => id).join(', ')}`,
  )
}
