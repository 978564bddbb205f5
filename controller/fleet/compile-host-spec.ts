import type { HostSpec } from '../../lib/contract/index.ts'
import type { Network, Vm } from '../opennebula/index.ts'
import { defaultPools, type Pools, type ProvisionFacts, type ServerFacts } from './facts.ts'
import { firewallOf } from './firewall.ts'
import { createMoves, type Moves } from './moves.ts'
import { clusterNetworks, compileNetworks } from './networks.ts'
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
}

/** The desired state of one host. Pure: equal inputs give equal content, in the same order. */
export function compileHostSpec(input: CompileInput): Compiled {
  const { facts, self, password, pools = defaultPools, moves = createMoves() } = input
  const refusals: string[] = []
  const refuse = (sentence: string) => refusals.push(sentence)
  const ours = clusterNetworks(input.networks, facts.clusterId)
  const networks = compileNetworks(ours, facts, self, pools, refuse)
  const parents = parentsOf(input.networks)
  const ports = compilePorts(input.vms, networks, { parents, facts, self, pools, moves, refuse })
  const content: HostContent = {
    version: 1,
    server: self.server,
    hostname: self.hostname,
    public: { address: self.publicAddress, neighbour: self.neighbour },
    underlay: self.underlay,
    bgp: bgpOf(self, facts.servers, facts.asn ?? defaultAsn, password),
    ...networks,
    ...ports,
    firewall: firewallOf(self, facts),
    pools: { links: pools.links, elastic: pools.elastic },
  }
  return { content, refusals }
}

function parentsOf(networks: readonly Network[]): ReadonlyMap<number, number> {
  return new Map(
    networks.flatMap(({ id, parentNetworkId }) =>
      parentNetworkId === undefined ? [] : [[id, parentNetworkId] as const],
    ),
  )
}
