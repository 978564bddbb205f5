import type { ChainShape, TableShape } from '../host/index.ts'
import { fingerprint } from '../host/index.ts'
import type { NftChain, NftSet, NftTable } from './table.ts'

/** What a loaded table must look like to need no change. */
export function shapeOf(table: NftTable): TableShape {
  return {
    family: table.family,
    name: table.name,
    version: structureOf(table),
    elements: Object.fromEntries(
      table.sets.map(({ name, elements }) => [name, elements.map(unquoted).sort()]),
    ),
    chains: Object.fromEntries(table.chains.map((chain) => [chain.name, chainShape(chain)])),
  }
}

/** Hash of everything but the elements: sets, types, chains, hooks and rules. */
export function structureOf({ family, name, sets, chains }: NftTable): string {
  const empty = sets.map((set): NftSet => ({ ...set, elements: [] }))
  return fingerprint({ family, name, sets: empty, chains })
}

export function chainShape({ hook, rules }: NftChain): ChainShape {
  return { hook: hookOf(hook), rules: rules.map(markOf) }
}

/** A short hash of a rule's text, kept as its comment: what the kernel shows of a rule is not what was written. */
export function markOf(rule: string): string {
  return fingerprint(rule).slice(0, 8)
}

/** How nft's JSON spells the priorities that have names (nft(8)). */
const priorities: Readonly<Record<string, string>> = {
  raw: '-300',
  mangle: '-150',
  dstnat: '-100',
  filter: '0',
  security: '50',
  srcnat: '100',
}

/** `filter input -10 accept` from a chain's hook line. The device of a netdev chain is not in nft's JSON (1.0.6). */
function hookOf(line: string): string {
  const [, type = '', hook = '', priority = '', policy = ''] =
    /^type (\S+) hook (\S+)(?: device \S+)? priority (\S+); policy (\S+);$/.exec(line) ?? []
  return [type, hook, priorities[priority] ?? priority, policy].join(' ')
}

export const unquoted = (element: string): string => element.replaceAll('"', '')
