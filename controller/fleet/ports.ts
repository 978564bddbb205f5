import type { ElasticAddress, HostSpec, VmPort } from '../../lib/contract/index.ts'
import { contains, isIpv4, parseCidr } from '../../lib/net/index.ts'
import type { Nic, Vm } from '../opennebula/index.ts'
import type { Pools, ProvisionFacts, ServerFacts } from './facts.ts'
import type { Moves } from './moves.ts'
import type { Refuse } from './refuse.ts'

const macForm = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/
const portForm = /^one-\d{1,9}-\d{1,4}$/

interface Scope {
  /** For each reservation, the network it was cut out of: same bridge, other id. */
  readonly parents: ReadonlyMap<number, number>
  readonly facts: ProvisionFacts
  readonly self: ServerFacts
  readonly pools: Pools
  readonly moves: Moves
  readonly refuse: Refuse
}

/**
 * Taps and elastic addresses of the VMs on one host, by VM and NIC. During live migration a port is
 * on both hosts (its filter must be there before the tap), its elastic address only where it is held.
 */
export function compilePorts(
  vms: readonly Vm[],
  { networks, publicNetworks }: Pick<HostSpec, 'networks' | 'publicNetworks'>,
  scope: Scope,
): Pick<HostSpec, 'ports' | 'elastics'> {
  const known = new Set([...networks, ...publicNetworks].map(({ id }) => id))
  const open = new Set(publicNetworks.map(({ id }) => id))
  const served = new Map<string, string>()
  const ports: VmPort[] = []
  const elastics: ElasticAddress[] = []
  for (const { vm, nic } of nicsOf(vms, scope.parents)) {
    if (!known.has(nic.networkId)) continue
    const holder = scope.moves.holder(vm, nic)
    if (!holder) continue
    const { hostId } = scope.self
    if (holder.hostId === hostId || holder.arriving === hostId || isNewest(vm, hostId)) {
      const port = portOf(vm, nic, scope.refuse)
      if (port) ports.push(port)
    }
    if (!open.has(nic.networkId) || nic.externalIp === undefined) continue
    const before = served.get(nic.externalIp)
    served.set(nic.externalIp, before ?? `VM ${vm.id}`)
    if (holder.hostId !== hostId) continue
    if (before === undefined) elastics.push(...elasticOf(vm, nic, nic.externalIp, scope))
    else scope.refuse(`VM ${vm.id} asks for ${nic.externalIp}, which ${before} has`)
  }
  return { ports, elastics }
}

/** Between clean at the source and RUNNING at the destination the tap is at the newest host already. */
function isNewest(vm: Vm, hostId: number): boolean {
  return vm.history.at(-1)?.hostId === hostId
}

function nicsOf(vms: readonly Vm[], parents: Scope['parents']): { vm: Vm; nic: Nic }[] {
  return vms
    .toSorted((a, b) => a.id - b.id)
    .flatMap((vm) =>
      vm.nics
        .toSorted((a, b) => a.nicId - b.nicId)
        .map((nic) => ({ ...nic, networkId: parents.get(nic.networkId) ?? nic.networkId }))
        .map((nic) => ({ vm, nic })),
    )
}

function portOf(vm: Vm, nic: Nic, refuse: Refuse): VmPort | undefined {
  const port = portName(vm, nic)
  const mac = nic.mac.toLowerCase()
  if (port === undefined || !macForm.test(mac)) {
    refuse(`VM ${vm.id} has a NIC ${nic.nicId} with tap "${nic.target}" and MAC "${mac}"`)
    return undefined
  }
  const addresses = nic.ip !== undefined && isIpv4(nic.ip) ? [nic.ip] : []
  return { port, vm: vm.id, nic: nic.nicId, network: nic.networkId, mac, addresses }
}

/** As OpenNebula names it; another TARGET, which users may give, could be another VM's. */
function portName({ id }: Vm, { nicId, target }: Nic): string | undefined {
  const name = `one-${id}-${nicId}`
  return portForm.test(name) && (target === '' || target === name) ? name : undefined
}

function elasticOf(vm: Vm, nic: Nic, external: string, scope: Scope): ElasticAddress[] {
  const no = (why: string): [] => {
    scope.refuse(`VM ${vm.id} has the elastic address ${external} ${why}`)
    return []
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
  const port = portName(vm, nic)
  if (port === undefined) return no(`behind the tap "${nic.target}"`)
  return [
    {
      external,
      address: ip,
      gateway: usable ? gateway : otherOf(ip),
      network: nic.networkId,
      port,
    },
  ]
}

/** The other address of a /31. */
function otherOf(ip: string): string {
  const octets = ip.split('.').map(Number)
  return [...octets.slice(0, 3), (octets[3] ?? 0) ^ 1].join('.')
}
