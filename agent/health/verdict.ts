import type { HostReport } from '../../lib/contract/index.ts'
import { troublesOf } from '../frr/index.ts'
import type { Findings, Judge } from './findings.ts'
import { elsewhere, unreachable } from './judge-paths.ts'
import { fullConnections, fullDisk, fullMemory, sickNics } from './judge-resources.ts'
import { routing } from './judge-routing.ts'

interface Rule {
  readonly verdict: 'failed' | 'degraded'
  readonly judge: Judge
}

/**
 * Failed: VMs of this host cannot reach those of the others. Degraded: they can, but something is not
 * as it shall be, or soon will not be.
 */
const rules: readonly Rule[] = [
  { verdict: 'failed', judge: underlayDown },
  { verdict: 'failed', judge: unreachable },
  { verdict: 'degraded', judge: unspecified },
  { verdict: 'degraded', judge: elsewhere },
  { verdict: 'degraded', judge: routing },
  { verdict: 'degraded', judge: ({ frrVersion }) => troublesOf(frrVersion) },
  { verdict: 'degraded', judge: ({ faults }) => [...faults] },
  { verdict: 'degraded', judge: fullConnections },
  { verdict: 'degraded', judge: fullMemory },
  { verdict: 'degraded', judge: fullDisk },
  { verdict: 'degraded', judge: sickNics },
]

const mostReasons = 50
/** Characters of a reason that are kept. */
const reasonLength = 500

/** The worst verdict of the rules that speak, with what they say. Pure. */
export function verdictOf(findings: Findings): Pick<HostReport, 'verdict' | 'reasons'> {
  const said = rules.flatMap(({ verdict, judge }) =>
    judge(findings).map((reason) => ({ verdict, reason })),
  )
  const reasons = said.slice(0, mostReasons).map(({ reason }) => reason.slice(0, reasonLength))
  const more = said.length - reasons.length
  const isFailed = said.some(({ verdict }) => verdict === 'failed')
  return {
    verdict: isFailed ? 'failed' : said.length > 0 ? 'degraded' : 'healthy',
    reasons: more === 0 ? reasons : [...reasons, `And ${more} more`],
  }
}

function underlayDown({ spec, underlay }: Findings): string[] {
  if (spec === null || underlay === 'up') return []
  return [
    underlay === 'down'
      ? "The private network's device scwpn is missing or switched off; look at `ip link show scwpn` and whether the server is attached to its Private Network"
      : "The private network's device scwpn has no carrier; look whether the server is attached to its Private Network, and at its cable",
  ]
}

function unspecified({ spec }: Findings): string[] {
  return spec === null
    ? ['No specification was received yet; the controller sends it once it is connected']
    : []
}
