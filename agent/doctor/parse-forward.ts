import { isOurTable } from '../nat/index.ts'
import type { Action, Chain, Match, Rule } from './forward-rules.ts'

type Json = Readonly<Record<string, unknown>>

/** Families whose forward hook an IPv4 packet of a VM passes. */
const families = new Set(['ip', 'inet'])

/**
 * Everybody else's chains that a forwarded packet can come to, out of `nft -j list ruleset`. Null when
 * nft broke off (1.0.6 does at a dormant table). Chains of a dormant table stop nothing.
 */
export function parseForward(output: string): Chain[] | null {
  if (output.trim() === '') return []
  const nftables = entriesOf(output)
  if (nftables === null) return null
  const of = (kind: string): Json[] =>
    nftables.filter((entry) => kind in entry).map((entry) => object(entry[kind]))
  const rules = of('rule')
  const asleep = new Set(
    of('table').flatMap(({ family, name, flags }) => (isAsleep(flags) ? `${family} ${name}` : [])),
  )
  return of('chain')
    .filter(({ family, table }) => !asleep.has(`${family} ${table}`))
    .filter(
      ({ family, table }) => families.has(String(family)) && !isOurTable({ name: String(table) }),
    )
    .filter(({ hook }) => hook === undefined || hook === 'forward')
    .map((chain) => ({
      family: String(chain['family']),
      table: String(chain['table']),
      name: String(chain['name']),
      policy: chain['hook'] === undefined ? null : chain['policy'] === 'drop' ? 'drop' : 'accept',
      rules: rules
        .filter(
          (rule) =>
            rule['family'] === chain['family'] &&
            rule['table'] === chain['table'] &&
            rule['chain'] === chain['name'],
        )
        .map(({ expr }) => ruleOf(list(expr))),
    }))
}

/** Flags that take a table's rules out of nobody's way: firewalld owns its table. */
const wakeful = new Set<unknown>(['owner', 'persist'])

/** By its flag `dormant`, or by what nft 1.0.6 prints in its place: freed memory. */
const isAsleep = (flags: unknown): boolean =>
  flags !== undefined && ![flags].flat().every((flag) => wakeful.has(flag))

function entriesOf(output: string): readonly Json[] | null {
  try {
    return (JSON.parse(output) as { nftables: readonly Json[] }).nftables
  } catch {
    return null
  }
}

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {}
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : [])

function ruleOf(expressions: readonly Json[]): Rule {
  const actions = expressions.flatMap(actionOf)
  return {
    matches: expressions.flatMap(matchOf),
    action: actions.find(({ kind }) => kind !== 'unclear') ?? actions[0] ?? { kind: 'continue' },
  }
}

function actionOf(expression: Json): Action[] {
  if ('accept' in expression) return [{ kind: 'accept' }]
  if ('drop' in expression || 'reject' in expression) return [{ kind: 'drop' }]
  if ('return' in expression) return [{ kind: 'return' }]
  for (const kind of ['jump', 'goto'] as const) {
    if (kind in expression) return [{ kind, target: String(object(expression[kind])['target']) }]
  }
  // nft before 1.0.3 says of everything that iptables made only that it is there: a match, or a target.
  if ('xt' in expression && expression['xt'] === null) return [{ kind: 'unclear' }]
  const xt = object(expression['xt'])
  if (xt['type'] === 'target' && xt['name'] === 'REJECT') return [{ kind: 'drop' }]
  if ('vmap' in expression || 'queue' in expression) return [{ kind: 'unclear' }]
  return xt['type'] === 'target' && !harmless.has(String(xt['name'])) ? [{ kind: 'unclear' }] : []
}

/** Targets of iptables that let a packet go on. */
const harmless = new Set(['LOG', 'NFLOG', 'MARK', 'CONNMARK', 'TCPMSS', 'AUDIT'])
/** Expressions that select nothing. */
const neutral =
  /^(counter|comment|log|mangle|notrack|accept|drop|reject|return|jump|goto|vmap|queue)$/

function matchOf(expression: Json): Match[] {
  const [kind = ''] = Object.keys(expression)
  if (kind === 'match') return [comparison(object(expression['match']))]
  if (kind !== 'xt') return neutral.test(kind) ? [] : [{ kind: 'unclear' }]
  const { type, name } = object(expression['xt'])
  if (type === 'target' || name === 'comment') return []
  return [{ kind: name === 'physdev' ? 'bridge-port' : 'unclear' }]
}

function comparison({ op, left, right }: Json): Match {
  const not = op === '!='
  const { meta, ct, payload } = object(left)
  const values = valuesOf(right)
  if (values === null) return { kind: 'unclear' }
  const key = object(meta)['key']
  if (key === 'iifname' || key === 'iif') return { kind: 'device', side: 'in', not, names: values }
  if (key === 'oifname' || key === 'oif') return { kind: 'device', side: 'out', not, names: values }
  if (object(ct)['key'] === 'state') return { kind: 'state', not, states: values }
  const { protocol, field } = object(payload)
  if (protocol !== 'ip' || (field !== 'saddr' && field !== 'daddr')) return { kind: 'unclear' }
  const prefixes = values.map((value) => (value.includes('/') ? value : `${value}/32`))
  return prefixes.every((prefix) => /^[\d.]+\/\d+$/.test(prefix))
    ? { kind: 'address', side: field === 'saddr' ? 'source' : 'destination', not, prefixes }
    : { kind: 'unclear' }
}

/** The right side of a comparison as words; null for a named set, a range or anything else. */
function valuesOf(right: unknown): string[] | null {
  if (typeof right === 'string') return right.startsWith('@') ? null : [right]
  if (Array.isArray(right)) return joined(right)
  const { set, prefix } = object(right)
  if (Array.isArray(set)) return joined(set)
  const { addr, len } = object(prefix)
  return addr === undefined ? null : [`${String(addr)}/${String(len)}`]
}

function joined(values: readonly unknown[]): string[] | null {
  const words = values.map(valuesOf)
  return words.some((word) => word === null) ? null : words.flatMap((word) => word ?? [])
}
