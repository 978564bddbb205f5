import type { ElasticAddress, HostSpec, PrivateNetwork, VmPort } from '../../lib/contract/index.ts'
import { addressOf, contains, ipv4ToNumber, isIpv4, parseCidr } from '../../lib/net/index.ts'
import { fault } from './faults.ts'
import { type Network, titleOf } from './subjects.ts'
import { few, printable } from './words.ts'

/** What the doctor was asked about. */
export interface Question {
  readonly kind: 'vm' | 'ip' | 'network'
  readonly name: string
  /** Name or id, where an address lies in several networks. */
  readonly network: string | null
}

/** What a question speaks of, found in the spec. */
export type Target =
  | { readonly kind: 'ports'; readonly ports: readonly VmPort[] }
  | { readonly kind: 'elastic'; readonly elastic: ElasticAddress }
  | { readonly kind: 'network'; readonly network: Network }
  /** An address of a private network that is no VM's of this host. */
  | { readonly kind: 'elsewhere'; readonly network: PrivateNetwork; readonly address: string }
  /** Other hosts, or the public gateway. */
  | { readonly kind: 'peers'; readonly peers: readonly string[] }
  /** One of this host's own addresses. */
  | { readonly kind: 'self'; readonly address: string }

/** Whether another host announces an address in a network. */
export type Announced = (network: PrivateNetwork, address: string) => boolean

/**
 * Finds what is meant. Throws EDGE_DOCTOR_UNKNOWN listing what this host knows, EDGE_DOCTOR_AMBIGUOUS
 * listing the candidates.
 */
export function targetOf(question: Question, spec: HostSpec, announced: Announced): Target {
  switch (question.kind) {
    case 'vm':
      return vmTarget(question.name, spec)
    case 'network':
      return { kind: 'network', network: networkNamed(question.name, spec) }
    case 'ip':
      return addressTarget(question, spec, announced)
  }
}

function vmTarget(name: string, { ports }: HostSpec): Target {
  const found = ports.filter(({ port, vm }) => port === name || String(vm) === name)
  if (found.length > 0) return { kind: 'ports', ports: found }
  throw unknownName(
    `VM ${name} has no port on this host`,
    'VMs',
    ports.map(({ vm }) => String(vm)),
    'A VM of another host is found by its address: `edge-agent doctor ip ADDRESS`.',
  )
}

function networkNamed(name: string, { networks, publicNetworks }: HostSpec): Network {
  const all: readonly Network[] = [...networks, ...publicNetworks]
  const byName = all.filter((network) => network.name === name)
  const found = byName.length > 0 ? byName : all.filter(({ id }) => String(id) === name)
  return onlyOne(found, `"${name}"`, 'Ask by id.') ?? notThere(name, all)
}

function notThere(name: string, all: readonly Network[]): never {
  throw unknownName(
    `Network "${name}" is not on this host`,
    'networks',
    all.map(({ name: known, id }) => `${known} (${id})`),
  )
}

function addressTarget({ name, network }: Question, spec: HostSpec, announced: Announced): Target {
  if (!isIpv4(name)) throw unknownName(`"${name}" is not an IPv4 address`, 'addresses', known(spec))
  const elastic = spec.elastics.find(({ external, address, gateway }) =>
    [external, address, gateway].includes(name),
  )
  if (elastic !== undefined) return { kind: 'elastic', elastic }
  if (peersOf(spec).includes(name) || name === spec.underlay.gateway)
    return { kind: 'peers', peers: [name] }
  if (name === spec.public.address || name === addressOf(spec.underlay.address))
    return { kind: 'self', address: name }
  return (
    linkTarget(name, spec) ??
    privateTarget(name, network === null ? null : networkNamed(network, spec), spec, announced) ??
    unknownAddress(name, spec)
  )
}

/** Where it is for certain, before where its prefix would let it be. */
function privateTarget(
  address: string,
  wanted: Network | null,
  spec: HostSpec,
  announced: Announced,
): Target | null {
  const networks = spec.networks.filter((network) => wanted === null || network.id === wanted.id)
  const here = (id: number) =>
    spec.ports.find(({ network, addresses }) => network === id && addresses.includes(address))
  const isGateway = ({ gateway }: PrivateNetwork) =>
    gateway !== null && addressOf(gateway) === address
  const certain = networks.filter(
    (network) =>
      here(network.id) !== undefined || isGateway(network) || announced(network, address),
  )
  const possible = networks.filter(
    ({ gateway }) => gateway !== null && contains(parseCidr(gateway), address),
  )
  const found = onlyOne(
    certain.length > 0 ? certain : possible,
    address,
    'Say which: `--network ID`.',
  )
  if (found === null) return null
  const port = here(found.id)
  if (port !== undefined) return { kind: 'ports', ports: [port] }
  return isGateway(found)
    ? { kind: 'network', network: found }
    : { kind: 'elsewhere', network: found, address }
}

/** The underlay addresses of all other hosts this one knows of. */
export function peersOf({ bgp, networks }: HostSpec): string[] {
  const vteps = networks.flatMap((network) => network.vteps)
  return [...new Set([...bgp.neighbours.map(({ address }) => address), ...vteps])]
}

/** Both ends of a router namespace's link stand for its network. */
function linkTarget(address: string, spec: HostSpec): Target | null {
  const links = parseCidr(spec.pools.links)
  if (!contains(links, address)) return null
  const id = Math.floor((ipv4ToNumber(address) - links.first) / 2)
  const network = [...spec.networks, ...spec.publicNetworks].find((known) => known.id === id)
  return network === undefined ? null : { kind: 'network', network }
}

function unknownAddress(name: string, spec: HostSpec): never {
  throw unknownName(
    `Nothing on this host has to do with ${name}`,
    'addresses',
    known(spec),
    'Is its VM on another host? `onevm list` on the front-end tells.',
  )
}

function known({ elastics, ports }: HostSpec): string[] {
  return [
    ...elastics.map(({ external }) => external),
    ...ports.flatMap(({ addresses }) => addresses),
  ]
}

function onlyOne<N extends Network>(found: readonly N[], what: string, hint: string): N | null {
  if (found.length < 2) return found[0] ?? null
  throw fault(
    'EDGE_DOCTOR_AMBIGUOUS',
    printable(`${what} fits ${few(found.map((network) => titleOf(network)))}`),
    { hint },
  )
}

function unknownName(what: string, kind: string, names: readonly string[], hint?: string) {
  const listed = [...new Set(names)]
  const here = listed.length === 0 ? `it has no ${kind}` : `known here: ${few(listed)}`
  return fault(
    'EDGE_DOCTOR_UNKNOWN',
    printable(`${what}; ${here}.`),
    hint === undefined ? {} : { hint },
  )
}
