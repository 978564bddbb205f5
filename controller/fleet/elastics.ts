import type { ElasticAddress } from '../../lib/contract/index.ts'
import { contains, isIpv4, parseCidr } from '../../lib/net/index.ts'
import { type Claim, momentOf, phaseOf } from './claims.ts'
import type { Pools, ProvisionFacts, ServerFacts } from './facts.ts'
import type { Moves } from './moves.ts'
import { type Plugged, portName } from './plugged.ts'
import type { Refuse } from './refuse.ts'

interface Scope {
  /** VM addresses that oned's ranges give to an elastic address; none for one they do not name. */
  readonly pairs: ReadonlyMap<string, ReadonlySet<string>>
  readonly facts: ProvisionFacts
  readonly self: ServerFacts
  readonly pools: Pools
  readonly moves: Moves
  readonly refuse: Refuse
}

export interface Elastics {
  readonly elastics: readonly ElasticAddress[]
  /** Whose they are, one for each of them. */
  readonly claims: readonly Claim[]
}

/**
 * Elastic addresses of NICs on public networks, each on the one host that holds it. Of two VMs that
 * want one address the older has it, unless a range says that it is not its own.
 */
export function compileElastics(plugged: readonly Plugged[], scope: Scope): Elastics {
  const served = new Map<string, number>()
  const found = plugged.flatMap((one) => {
    const { vm, nic } = one
    const holder = scope.moves.holder(vm, nic)
    const external = nic.externalIp
    if (!holder || external === undefined) return []
    const pair = scope.pairs.get(external)
    if (pair && !pair.has(nic.ip ?? '')) {
      scope.refuse(`VM ${vm.id} asks for ${external}, which belongs to ${[...pair].join(' or ')}`)
      return []
    }
    const before = served.get(external)
    served.set(external, before ?? vm.id)
    if (holder.hostId !== scope.self.hostId) return []
    if (before !== undefined) {
      scope.refuse(`VM ${vm.id} asks for ${external}, which VM ${before} has`)
      return []
    }
    const elastic = elasticOf(one, external, scope)
    return elastic ? [{ elastic, claim: claimOf(one, elastic, scope) }] : []
  })
  return {
    elastics: found.map(({ elastic }) => elastic),
    claims: found.map(({ claim }) => claim),
  }
}

function claimOf({ vm, nic }: Plugged, elastic: ElasticAddress, { facts, self }: Scope): Claim {
  return {
    provisionId: facts.provisionId,
    server: self.server,
    hostId: self.hostId,
    vm: vm.id,
    nicId: nic.nicId,
    external: elastic.external,
    ip: elastic.address,
    phase: phaseOf(vm, nic),
    moment: momentOf(vm),
  }
}

function elasticOf(
  { vm, nic, carrier }: Plugged,
  external: string,
  scope: Scope,
): ElasticAddress | undefined {
  const no = (why: string): undefined => {
    scope.refuse(`VM ${vm.id} has the elastic address ${external} ${why}`)
  }
  const { ip = '' } = nic
  if (!isIpv4(external)) return no('which is not an IPv4 address')
  if (scope.facts.servers.some(({ publicAddress }) => publicAddress === external)) {
    return no('which is the address of a host')
  }
  if (!isIpv4(ip) || !contains(parseCidr(scope.pools.elastic), ip)) {
    return no(`for ${ip || 'no address'}, which is not in ${scope.pools.elastic}`)
  }
  const gateway = nic.gateway ?? ''
  const pair = parseCidr(`${ip}/31`)
  // `onevnet updatear` may have dropped GATEWAY; the pair of addresses says it as well.
  const usable = isIpv4(gateway) && gateway !== ip && contains(pair, gateway)
  const port = portName(vm, carrier)
  if (port === undefined) return no(`behind the tap "${carrier.target}"`)
  return {
    external,
    address: ip,
    gateway: usable ? gateway : otherOf(ip),
    network: carrier.networkId,
    port,
  }
}

/** The other address of a /31. */
function otherOf(ip: string): string {
  const octets = ip.split('.').map(Number)
  return [...octets.slice(0, 3), (octets[3] ?? 0) ^ 1].join('.')
}
