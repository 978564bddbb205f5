import type { BgpSession, HostReport, HostSpec, VniHealth } from '../../lib/contract/index.ts'

/** What a verdict is made of. */
export interface Findings {
  readonly spec: HostSpec | null
  /** What FRR said; null when it does not answer. */
  readonly frr: {
    readonly sessions: readonly BgpSession[]
    readonly vnis: readonly VniHealth[]
  } | null
  /** Whether the private network's device is up. */
  readonly underlay: boolean
  /** What the last round could not bring about. */
  readonly faults: readonly string[]
  readonly load: HostReport['load']
}

const fullDisk = 0.95

/**
 * Failed: VMs of this host cannot reach the others. Degraded: they can, but something is not as it
 * shall be. Each reason is one sentence an operator can act on.
 */
export function verdictOf(findings: Findings): Pick<HostReport, 'verdict' | 'reasons'> {
  const fatal = findings.spec !== null && !findings.underlay
  const reasons = [
    ...(fatal ? ['The private network has no device that is up'] : []),
    ...(findings.spec === null ? ['No specification was received yet'] : []),
    ...routing(findings),
    ...findings.faults,
    ...disk(findings.load),
  ]
  if (fatal) return { verdict: 'failed', reasons }
  return { verdict: reasons.length > 0 ? 'degraded' : 'healthy', reasons }
}

function routing({ spec, frr }: Findings): string[] {
  if (spec === null) return []
  if (frr === null) return ['FRR does not answer; routes to other hosts are those last learnt']
  const sessions = spec.bgp.neighbours.flatMap(({ address }) => {
    const state = frr.sessions.find(({ neighbour }) => neighbour === address)?.state ?? 'absent'
    return state === 'Established' ? [] : [`The BGP session to ${address} is ${state}`]
  })
  const networks = spec.networks.flatMap(({ vni, name }) =>
    frr.vnis.some((known) => known.vni === vni) ? [] : [`FRR does not know VNI ${vni} of ${name}`],
  )
  return [...sessions, ...networks]
}

function disk({ diskUsedBytes, diskTotalBytes }: HostReport['load']): string[] {
  if (diskTotalBytes === 0 || diskUsedBytes / diskTotalBytes < fullDisk) return []
  return [`The disk is ${Math.round((diskUsedBytes / diskTotalBytes) * 100)} % full`]
}
