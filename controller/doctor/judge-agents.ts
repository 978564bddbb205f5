import { broken, ok, skipped, type Verdict, warning } from './finding.ts'

/** A host of a provision, as its agent's session shows it. */
export interface AgentFacts {
  /** `host-0`. */
  readonly host: string
  readonly address: string
  readonly connected: boolean
  /** Wall time of the last word from it; null for never. */
  readonly lastSeenMs: number | null
  /** The agent's version; null before its first session. */
  readonly version: string | null
  /** The last report; null before the first. */
  readonly report: ReportFacts | null
}

export interface ReportFacts {
  /** By the host's own clock. */
  readonly atMs: number
  readonly verdict: 'healthy' | 'degraded' | 'failed'
  readonly reasons: readonly string[]
}

export interface Moment {
  readonly controller: string
  readonly nowMs: number
}

/** A report comes every ten seconds; after that much, what it says of time and health is old. */
const freshMs = 60_000

/** Whether each host of a provision that runs is in touch, by an agent of this version. */
export function judgeAgents(agents: readonly AgentFacts[], { controller, nowMs }: Moment): Verdict {
  if (agents.length === 0) return skipped('No host of it is known to the fleet yet')
  const lost = agents.filter(({ connected }) => !connected)
  if (lost[0] !== undefined)
    return broken(
      `${lost.length} of ${agents.length} agents are not connected: ${lost.map((one) => absence(one, nowMs)).join(', ')}`,
      `Is the host up (edgectl provision show, ping ${lost[0].address})? On it: systemctl status edge-agent; here: journalctl -u edgectl | grep ${lost[0].address}`,
    )
  const apart = agents.filter((one) => Math.abs(skewOf(one)) > freshMs)
  if (apart[0] !== undefined)
    return warning(
      `Clocks differ from the controller’s: ${apart.map((one) => `${one.host} by ${Math.round(skewOf(one) / 1000)} s`).join(', ')}`,
      'On these hosts: timedatectl set-ntp true',
    )
  const others = agents.filter(({ version }) => version !== controller)
  if (others.length > 0)
    return warning(
      `Agents of another version than the controller’s ${controller}: ${others.map(({ host, version }) => `${host} ${version}`).join(', ')}`,
      'edgectl provision replace-host gives a host the new one, when it suits',
    )
  return ok(`${agents.length} of ${agents.length} agents are connected, version ${controller}`)
}

/** What agents say of their hosts. */
export function judgeHosts(agents: readonly AgentFacts[]): Verdict {
  const told = agents.filter(({ connected, report }) => connected && report !== null)
  if (told.length === 0) return skipped('No agent has reported yet')
  const of = (verdict: ReportFacts['verdict']) =>
    told.filter(({ report }) => report?.verdict === verdict)
  const [failed, degraded] = [of('failed'), of('degraded')]
  const fix = 'On such a host: edge-agent doctor network NAME, or vm ID, names the first broken hop'
  const sentence = [...failed, ...degraded].map(complaint).join('; ')
  if (failed.length > 0) return broken(sentence, fix)
  if (degraded.length > 0) return warning(sentence, fix)
  return ok(`${told.length} of ${agents.length} hosts are healthy`)
}

/** Positive where the host's clock is ahead; 0 where nothing fresh tells. */
function skewOf({ report, lastSeenMs }: AgentFacts): number {
  return report === null || lastSeenMs === null ? 0 : report.atMs - lastSeenMs
}

function absence({ host, address, lastSeenMs }: AgentFacts, nowMs: number): string {
  const since =
    lastSeenMs === null
      ? 'never seen since the controller started'
      : `silent for ${Math.round((nowMs - lastSeenMs) / 1000)} s`
  return `${host} (${address}, ${since})`
}

const shownReasons = 3

function complaint({ host, report }: AgentFacts): string {
  const reasons = report?.reasons ?? []
  const more = reasons.length > shownReasons ? `, and ${reasons.length - shownReasons} more` : ''
  return `${host} is ${report?.verdict}: ${reasons.slice(0, shownReasons).join(', ')}${more}`
}
