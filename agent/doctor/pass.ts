import { contains, parseCidr } from '../../lib/net/index.ts'
import type { Chain, ForwardRules, Match, Packet, Rule } from './forward-rules.ts'

/** What others' rules do with a packet; `by` names the chain that decides. */
export interface Passing {
  readonly outcome: 'passes' | 'dropped' | 'depends'
  readonly by: string | null
}

type Certainty = 'yes' | 'no' | 'maybe'

/** What is known after some rules: how it ended, and what may have happened on the way. */
interface Course {
  readonly end: 'accept' | 'drop' | 'on'
  readonly mayAccept: boolean
  readonly mayDrop: string | null
  readonly by: string
}

/** Sends a packet through every foreign chain on the forward hook; each of them can drop it. */
export function passes({ chains }: ForwardRules, packet: Packet): Passing {
  const verdicts = chains
    .filter(({ policy }) => policy !== null)
    .map((chain) => throughBase(chain, chains, packet))
  return (
    verdicts.find(({ outcome }) => outcome === 'dropped') ??
    verdicts.find(({ outcome }) => outcome === 'depends') ?? { outcome: 'passes', by: null }
  )
}

function throughBase(chain: Chain, chains: readonly Chain[], packet: Packet): Passing {
  const { end, mayAccept, mayDrop, by } = through(chain, chains, packet)
  if (end === 'drop') return { outcome: 'dropped', by }
  if (end === 'on' && chain.policy === 'drop') {
    return { outcome: mayAccept ? 'depends' : 'dropped', by: `policy drop of ${titleOf(chain)}` }
  }
  return mayDrop === null ? { outcome: 'passes', by: null } : { outcome: 'depends', by: mayDrop }
}

function through(chain: Chain, chains: readonly Chain[], packet: Packet): Course {
  let course: Course = { end: 'on', mayAccept: false, mayDrop: null, by: titleOf(chain) }
  // After a rule that may have left the chain nothing in it is certain.
  let left = false
  for (const rule of chain.rules) {
    const match = matching(rule, packet)
    if (match === 'no') continue
    const certainty = left ? 'maybe' : match
    const next = acting(rule, chain, chains, packet)
    const merged: Course = {
      end: 'on',
      mayAccept: course.mayAccept || next.mayAccept,
      mayDrop: course.mayDrop ?? next.mayDrop,
      by: next.by,
    }
    if (certainty === 'yes' && next.end !== 'on') return { ...merged, end: next.end }
    if (certainty === 'yes' && (rule.action.kind === 'return' || rule.action.kind === 'goto'))
      return merged
    left ||= rule.action.kind === 'return' || rule.action.kind === 'goto'
    course = {
      ...merged,
      mayAccept: merged.mayAccept || next.end === 'accept',
      mayDrop: merged.mayDrop ?? (next.end === 'drop' ? next.by : null),
    }
  }
  return { ...course, by: titleOf(chain) }
}

function acting({ action }: Rule, chain: Chain, chains: readonly Chain[], packet: Packet): Course {
  const still: Course = { end: 'on', mayAccept: false, mayDrop: null, by: titleOf(chain) }
  switch (action.kind) {
    case 'accept':
    case 'drop':
      return { ...still, end: action.kind }
    case 'unclear':
      return { ...still, mayAccept: true, mayDrop: titleOf(chain) }
    case 'jump':
    case 'goto': {
      const target = chains.find(
        ({ family, table, name }) =>
          family === chain.family && table === chain.table && name === action.target,
      )
      return target === undefined ? still : through(target, chains, packet)
    }
    default:
      return still
  }
}

function matching({ matches }: Rule, packet: Packet): Certainty {
  const all = matches.map((match) => certaintyOf(match, packet))
  if (all.includes('no')) return 'no'
  return all.includes('maybe') ? 'maybe' : 'yes'
}

function certaintyOf(match: Match, packet: Packet): Certainty {
  switch (match.kind) {
    case 'device': {
      const name = match.side === 'in' ? packet.from : packet.to
      return yesOrNo(match.names.some((pattern) => isNamed(pattern, name)) !== match.not)
    }
    case 'address': {
      const address = packet[match.side]
      if (address === null) return 'maybe'
      const inside = match.prefixes.some((prefix) => contains(parseCidr(prefix), address))
      return yesOrNo(inside !== match.not)
    }
    case 'state':
      return yesOrNo(match.states.includes(packet.state) !== match.not)
    case 'bridge-port':
      return packet.bridged ? 'maybe' : 'no'
    case 'unclear':
      return 'maybe'
  }
}

const yesOrNo = (condition: boolean): Certainty => (condition ? 'yes' : 'no')

const isNamed = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name

const titleOf = ({ family, table, name }: Chain): string => `chain ${name} of ${family} ${table}`
