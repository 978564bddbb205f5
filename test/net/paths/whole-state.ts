import { gatewayMac, isOurNamespace } from '../../../agent/host/index.ts'
import type { Host } from '../agent/cluster.ts'

/** One line for each thing on a host: what the agent observes, and all of nft in every namespace. */
export async function stateOf({ network, spec, sh }: Host): Promise<Set<string>> {
  let { host, inside, namespaces, broken } = await network.observed(spec)
  // A machine that is too busy may leave one out.
  while (
    namespaces.some((name) => isOurNamespace(name) && !(name in inside) && !broken.includes(name))
  )
    ({ host, inside, namespaces, broken } = await network.observed(spec))
  const lines = [
    ...linesOf('host', { ...host, tables: [] }),
    ...Object.entries(inside).flatMap(([name, stack]) => linesOf(name, { ...stack, tables: [] })),
    ...namespaces.map((name) => `namespace ${name}`),
    ...broken.map((name) => `broken ${name}`),
  ]
  const rulesets = await sh(`nft -j list ruleset
    for name in $(ls /run/netns); do nsenter --net=/run/netns/$name nft -j list ruleset; done`)
  const [first = '', ...rest] = rulesets.split('\n')
  const names = (await sh('ls /run/netns')).split('\n')
  return new Set([
    ...lines,
    ...nftLines('host', first),
    ...rest.flatMap((output, at) => nftLines(names[at] ?? '?', output)),
  ])
}

/** What one has and the other has not. */
export function difference(before: ReadonlySet<string>, after: ReadonlySet<string>): string[] {
  return [
    ...[...before].filter((line) => !after.has(line)).map((line) => `gone: ${line}`),
    ...[...after].filter((line) => !before.has(line)).map((line) => `new: ${line}`),
  ]
}

function linesOf(where: string, stack: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(stack).flatMap(([kind, things]) =>
    Array.isArray(things)
      ? things.map((thing) => `${where} ${kind} ${JSON.stringify(thing, withoutRandom)}`)
      : Object.entries(things as object).map(([key, value]) => `${where} ${key} = ${value}`),
  )
}

/** The kernel gives a veth a MAC; only bridges, gateways and neighbours have one of ours. */
function withoutRandom(this: unknown, key: string, value: unknown): unknown {
  const holder = this as { kind?: string }
  const random = key === 'mac' && 'kind' in holder && holder.kind !== 'bridge'
  return random && value !== gatewayMac ? undefined : value
}

/** Each table, set, chain and rule, without handles and counters. */
function nftLines(where: string, output: string): string[] {
  const { nftables } = JSON.parse(output) as { nftables: readonly Record<string, object>[] }
  const seen = new Map<string, number>()
  return nftables
    .filter((entry) => !('metainfo' in entry))
    .map((entry) => {
      const line = `${where} nft ${JSON.stringify(entry, plain)}`
      // Two equal rules are two.
      seen.set(line, (seen.get(line) ?? 0) + 1)
      return `${line} #${seen.get(line)}`
    })
}

function plain(key: string, value: unknown): unknown {
  if (['handle', 'packets', 'bytes', 'index'].includes(key)) return undefined
  if (key === 'elem' && Array.isArray(value))
    return value.map((one) => JSON.stringify(one, plain)).sort()
  return value
}
