import type { HostSpec } from '../../lib/contract/index.ts'
import type { Network, Vm } from '../opennebula/index.ts'
import type { Claim } from './claims.ts'
import { compileElastics } from './elastics.ts'
import { defaultPools, type Pools, type ProvisionFacts, type ServerFacts } from './facts.ts'
import { firewallOf } from './firewall.ts'
import { createMoves, type Moves } from './moves.ts'
import { clusterNetworks, compileNetworks } from './networks.ts'
import { pluggedNics } from './plugged.ts'
import { compilePorts } from './ports.ts'
import { bgpOf } from './reflectors.ts'

const defaultAsn = 65000

export interface CompileInput {
  readonly facts: ProvisionFacts
  /** The server whose state is compiled. */
  readonly self: ServerFacts
  /** All networks and VMs of the cloud. */
  readonly networks: readonly Network[]
  readonly vms: readonly Vm[]
  readonly moves?: Moves
  readonly password: string | null
  readonly pools?: Pools
}

/** A host's desired state without its place in time. */
export type HostContent = Omit<HostSpec, 'epoch' | 'generation'>

export interface Compiled {
  readonly content: HostContent
  /** What was asked for and left out, one sentence each: a tenant's mistake harms nobody else. */
  readonly refusals: readonly string[]
  /** Whose the elastic addresses in it are. */
  readonly claims: readonly Claim[]
}

/** The desired state of one host. Pure: equal inputs give equal content, in the same order. */
export function compileHostSpec(input: CompileInput): Compiled {
  const { facts, self, password, pools = defaultPools, moves = createMoves() } = input
  const refusals: string[] = []
  const refuse = (sentence: string) => refusals.push(sentence)
  const ours = clusterNetworks(input.networks, facts.clusterId)
  const networks = compileNetworks(ours, facts, self, pools, refuse)
  const open = new Set(networks.publicNetworks.map(({ id }) => id))
  const known = new Set([...networks.networks.map(({ id }) => id), ...open])
  const plugged = pluggedNics(input.vms, {
    parents: parentsOf(input.networks),
    known,
    open,
    refuse,
  })
  const onPublic = plugged.filter(({ nic }) => open.has(nic.networkId))
  const scope = { pairs: pairsOf(ours), facts, self, pools, moves, refuse }
  const { elastics, claims } = compileElastics(onPublic, scope)
  const content: HostContent = {
    version: 1,
    server: self.server,
    hostname: self.hostname,
    public: { address: self.publicAddress, neighbour: self.neighbour },
    underlay: self.underlay,
    bgp: bgpOf(self, facts.servers, facts.asn ?? defaultAsn, password),
    ...networks,
    ports: compilePorts(plugged, self.hostId, { moves, refuse }),
    elastics: [...elastics],
    firewall: firewallOf(self, facts),
    pools: { links: pools.links, elastic: pools.elastic },
  }
  return { content, refusals, claims }
}

function parentsOf(networks: readonly Network[]): ReadonlyMap<number, number> {
  return new Map(
    networks.flatMap(({ id, parentNetworkId }) =>
      parentNetworkId === undefined ? [] : [[id, parentNetworkId] as const],
    ),
  )
}

/**
 * What our IPAM driver wrote into the ranges of the cluster's networks: who forges EXTERNAL_IP in a NIC
 * or in a network of his own gets nothing by it. `onevnet updatear` may have dropped it from a range.
 */
function pairsOf(ours: readonly Network[]): ReadonlyMap<string, ReadonlySet<string>> {
  const pairs = new Map<string, Set<string>>()
  for (const { ip, attributes } of ours.flatMap(({ ranges }) => ranges)) {
    const external = attributes['EXTERNAL_IP']
    if (!external || !ip || !attributes['IPAM_MAD']) continue
    pairs.set(external, (pairs.get(external) ?? new Set()).add(ip))
  }
  return pairs
}
