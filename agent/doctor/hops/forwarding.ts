import { stepFinding } from '../concerning.ts'
import type { Facts } from '../facts.ts'
import type { Packet } from '../forward-rules.ts'
import { broken, type Finding, ok, unknown } from '../hop.ts'
import { passes } from '../pass.ts'

/** The kernel's own switch. */
export function forwarding(facts: Facts): Finding {
  return (
    stepFinding(
      facts,
      (step) =>
        step.kind === 'sysctl-set' && step.at === null && step.key === 'net/ipv4/ip_forward',
    ) ?? ok('the host forwards packets')
  )
}

/** Parts of the host's own table that packets through the host meet. */
const forwarded = new Set([
  ...['door', 'through', 'leave', 'unarmed', 'elastics', 'off_limits', 'zones'],
  ...['by_gateway', 'by_host'],
])
/** Those that tunnel packets meet; the rest is about who may reach the host itself. */
const tunnelled = new Set(['host_in', 'tunnels_out', 'vteps', 'peers'])

export const isForwarding = (part: string | null): boolean => part === null || forwarded.has(part)

export const isForTunnels = (part: string | null): boolean => part === null || tunnelled.has(part)

/** Whether rules of other programs (docker, ufw, a hand) let these packets through; theirs come beside ours. */
export function routedFilter(facts: Facts, packets: readonly Packet[]): Finding {
  const { forward } = facts
  const verdicts = packets.map((packet) => ({ packet, ...passes(forward, packet) }))
  const dropped = verdicts.find(({ outcome }) => outcome === 'dropped')
  const missing = stepFinding(facts, ({ kind }) => kind === 'forward-add')
  if (dropped !== undefined && missing !== null) return missing
  if (dropped !== undefined) {
    const { from, to } = dropped.packet
    return broken(
      `${dropped.by} drops what goes from ${from} to ${to}`,
      'Another program (docker, ufw, a hand) put it there. The agent overcomes a policy that drops, but no rule: take it out, or accept `-i fxl+` and `-o fxl+` above it (with docker in DOCKER-USER).',
    )
  }
  const depends = verdicts.find(({ outcome }) => outcome === 'depends')
  if (depends !== undefined) {
    return unknown(
      `${depends.by} may drop what goes from ${depends.packet.from} to ${depends.packet.to}`,
      'Look at `nft list ruleset` or `iptables -S`: its rules look at more than is known here.',
    )
  }
  if (!forward.isWhole)
    return unknown(
      'not all rules of other programs could be listed',
      'nft 1.0.6 breaks off at a dormant table, iptables-legacy is held up by a lock: look at `nft list ruleset` without JSON, and at `iptables-legacy -w -S`.',
    )
  return ok("no other program's rule stops them")
}
