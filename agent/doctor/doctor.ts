import type { HostSpec } from '../../lib/contract/index.ts'
import { isIpv4 } from '../../lib/net/index.ts'
import type { Exec } from '../exec/index.ts'
import { gatewayMac, namespaceOf } from '../host/index.ts'
import type { Facts } from './facts.ts'
import { fault } from './faults.ts'
import { gatherKernel } from './gather-kernel.ts'
import { gatherPaths } from './gather-paths.ts'
import { type AskedMac, gatherRouting, type RoutingMeans, whereabouts } from './gather-routing.ts'
import { agentSeen, type Life, unitOf } from './life.ts'
import { type Report, reportOf } from './report.ts'
import { networksOf, peersFor, type Remote } from './scope.ts'
import { isPrivate } from './subjects.ts'
import { type Question, type Target, targetOf } from './target.ts'
import { walks } from './walks.ts'

export interface DoctorMeans extends RoutingMeans {
  readonly exec: Exec
  /** What the agent wants this host to be, from its disk; null on a fresh host. */
  readonly kept: { readonly spec: HostSpec; readonly at: number } | null
  /** Addresses the firewall keeps in, as the agent's disk knows them. */
  readonly controllers: readonly string[]
  /** What a running agent says of itself; null when none answers. */
  readonly running: Life['running']
}

/** 20 bytes of IPv4, 8 of UDP, 8 of VXLAN, 14 of the frame inside. */
const tunnelBytes = 50

/**
 * Follows a packet over this host and says at which hop it stops. Looks only, changes nothing. Throws
 * EDGE_DOCTOR_* when there is nothing to look at by that name, EDGE_KERNEL_UNREADABLE.
 */
export async function diagnose(question: Question, means: DoctorMeans): Promise<Report> {
  const { exec, kept, running } = means
  if (kept === null) {
    throw fault('EDGE_DOCTOR_NO_SPEC', 'No specification was kept on this host')
  }
  const { spec, at } = kept
  const remotes = await remotesOf(question, means, spec)
  const target = targetOf(question, spec, ({ id }) => remotes.has(id))
  const remote = target.kind === 'elsewhere' ? (remotes.get(target.network.id) ?? null) : null
  const [unit, facts] = await Promise.all([
    running === null ? unitOf(exec) : null,
    factsFor(target, remote, means, spec),
  ])
  const life: Life = { running, unit, kept: { epoch: spec.epoch, generation: spec.generation, at } }
  return reportOf(agentSeen(life), walks(target, facts, remote))
}

/** By network id, what other hosts announce of an address. */
async function remotesOf(
  { kind, name }: Question,
  means: DoctorMeans,
  { networks }: HostSpec,
): Promise<ReadonlyMap<number, Remote>> {
  if (kind !== 'ip' || !isIpv4(name)) return new Map()
  const vnis = networks.map(({ vni }) => vni)
  const found = (await whereabouts(means, vnis, name)) ?? []
  return new Map(
    networks.flatMap(({ id }, index): [number, Remote][] => {
      const remote = found[index] ?? null
      return remote === null ? [] : [[id, remote]]
    }),
  )
}

async function factsFor(
  target: Target,
  remote: Remote | null,
  means: DoctorMeans,
  spec: HostSpec,
): Promise<Facts> {
  const networks = networksOf(target, spec)
  const largest = Math.max(...spec.networks.map(({ mtu }) => mtu), 0)
  const bytes = largest === 0 ? spec.underlay.mtu : largest + tunnelBytes
  const [kernel, routing, paths] = await Promise.all([
    gatherKernel(
      means.exec,
      spec,
      networks.map(({ id }) => namespaceOf(id)),
      means.controllers,
    ),
    gatherRouting(means, spec, macsFor(target, remote, spec)),
    gatherPaths(means.exec, peersFor(target, spec, remote), bytes),
  ])
  return { spec, ...kernel, routing, paths }
}

/** The MACs whose routes are looked up: bounded by what was asked about. */
function macsFor(target: Target, remote: Remote | null, spec: HostSpec): AskedMac[] {
  const networks = networksOf(target, spec).filter(isPrivate)
  const gateways = networks.map(({ vni }) => ({ vni, mac: gatewayMac, addresses: [] }))
  const ports =
    target.kind !== 'ports'
      ? []
      : target.ports.flatMap(({ network, mac, addresses }) =>
          networks.filter(({ id }) => id === network).map(({ vni }) => ({ vni, mac, addresses })),
        )
  const elsewhere =
    target.kind !== 'elsewhere' || remote === null
      ? []
      : [{ vni: target.network.vni, mac: remote.mac, addresses: [target.address] }]
  return [...gateways, ...ports, ...elsewhere]
}
