import { namespaceOf } from '../../host/index.ts'
import type { Facts } from '../facts.ts'
import { broken, type Finding, type Hop, ok, unknown } from '../hop.ts'
import type { InNetwork } from '../subjects.ts'

/** Keys read in every stack beside those the planner wants. */
export const conntrackKeys = [
  'net/netfilter/nf_conntrack_count',
  'net/netfilter/nf_conntrack_max',
] as const

export const conntrackHops: readonly Hop<InNetwork>[] = [{ name: 'conntrack', check: conntrack }]

const nearlyFull = 0.95

/** A full table drops new connections and leaves the old ones alone. */
function conntrack({ network }: InNetwork, { observed }: Facts): Finding {
  const name = namespaceOf(network.id)
  const fills = [
    { where: 'the host', ...fillOf(observed.host.sysctls) },
    { where: name, ...fillOf(observed.inside[name]?.sysctls ?? {}) },
  ].filter(({ most }) => most > 0)
  if (fills.length === 0) return unknown('the connection table cannot be read')
  const full = fills.find(({ count, most }) => count >= most * nearlyFull)
  if (full !== undefined) {
    return broken(
      `the connection table of ${full.where} is full: ${full.count} of ${full.most}`,
      `\`sysctl -w net.netfilter.nf_conntrack_max=${full.most * 2}\`; \`conntrack -L\` shows who fills it.`,
    )
  }
  return ok(fills.map(({ where, count, most }) => `${where} tracks ${count} of ${most}`).join(', '))
}

function fillOf(sysctls: Readonly<Record<string, string>>): { count: number; most: number } {
  const [count, most] = conntrackKeys.map((key) => Number(sysctls[key] ?? 0))
  return { count: count ?? 0, most: most ?? 0 }
}
