import type { Exec } from '../exec/index.ts'
import { broken, type Finding, ok, type Seen, unknown } from './hop.ts'

/** How the agent itself is. */
export interface Life {
  /** What a running agent says of itself; null when none answers. */
  readonly running: {
    readonly epoch: number | null
    readonly generation: number | null
    readonly connected: boolean
    readonly verdict: string
    readonly reasons: readonly string[]
  } | null
  /** The unit as systemd sees it; null where there is no systemd, or no need to ask. */
  readonly unit: { readonly state: string; readonly since: string; readonly result: string } | null
  /** The specification this is looked at by, and when it was first carried out (milliseconds since 1970). */
  readonly kept: { readonly epoch: number; readonly generation: number; readonly at: number }
}

const properties = ['ActiveState', 'SubState', 'StateChangeTimestamp', 'Result']

/** Asks systemd for the agent's unit. */
export async function unitOf(exec: Exec): Promise<Life['unit']> {
  const { code, stdout } = await exec.run([
    'systemctl',
    'show',
    `--property=${properties.join(',')}`,
    'edge-agent.service',
  ])
  if (code !== 0) return null
  const values = new Map(stdout.split('\n').map((line) => splitOnce(line, '=')))
  const [active, sub, since, result] = properties.map((name) => values.get(name) ?? '')
  return { state: `${active} (${sub})`, since: since ?? '', result: result ?? '' }
}

function splitOnce(line: string, at: string): [string, string] {
  const index = line.indexOf(at)
  return [line.slice(0, index), line.slice(index + 1)]
}

/**
 * The first thing to know: whether somebody keeps this network right. A dead agent stops no packet, so
 * this is a finding before the first hop and not one of them.
 */
export function agentSeen(life: Life): Seen {
  return { hop: 'agent', ...agentFinding(life) }
}

function agentFinding({ running, unit, kept }: Life): Finding {
  if (running === null) {
    const systemd =
      unit === null
        ? ''
        : `; its unit is ${unit.state}${unit.since === '' ? '' : ` since ${unit.since}`}`
    if (unit?.state.startsWith('active '))
      return broken(
        `the agent does not answer${systemd}, so nothing is repaired`,
        '`systemctl restart edge-agent`; `journalctl -u edge-agent -n 50` tells what it did last. The network stays as it is meanwhile.',
      )
    return broken(
      `no agent answers${systemd}. It kept generation ${kept.generation} at ${timeOf(kept.at)}; nothing is repaired since it died`,
      '`systemctl start edge-agent`; `journalctl -u edge-agent -n 50` tells why it ended. The network stays as it is meanwhile.',
    )
  }
  const { epoch, generation, connected, verdict, reasons } = running
  const without = connected ? '' : ', without controller'
  if (generation !== kept.generation || epoch !== kept.epoch) {
    return unknown(
      `the agent runs generation ${generation ?? 'none'}${without}, and the last it kept is ${kept.generation}: what follows is by that one`,
      'A new one is on trial, for 90 s at most. If that lasts: is the disk full? `df -h /var/lib/edge-agent`, `journalctl -u edge-agent -n 50`.',
    )
  }
  const says = reasons.length === 0 ? '' : `: ${reasons.slice(0, 3).join('; ')}`
  return ok(
    `the agent keeps generation ${generation} since ${timeOf(kept.at)}${without}, and is ${verdict}${says}`,
  )
}

const timeOf = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
