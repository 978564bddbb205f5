import type { ChainShape, TableShape } from '../host/index.ts'
import { chainShape, structureOf, unquoted } from './shape.ts'
import { type NftSet, type NftTable, quoted } from './table.ts'

/** How the elements of one set shall change, in the words of nft. */
export interface ElementChange {
  readonly set: string
  /** Keys alone: a map's values are not needed to delete. */
  readonly remove: readonly string[]
  readonly add: readonly string[]
}

/**
 * What makes a loaded table the wanted one while it stays loaded: its connections, counters and
 * other elements are left alone. Null when it differs in more than elements, or in those of an
 * interval set, whose neighbours nft must not be asked to join and part; then it is loaded anew.
 */
export function elementChanges(table: NftTable, found: TableShape): ElementChange[] | null {
  if (!hasStructure(table, found)) return null
  const changes: ElementChange[] = []
  for (const set of table.sets) {
    const { add, surplus } = difference(set, found.elements[set.name] ?? [])
    if (add.length + surplus.length === 0) continue
    if (set.interval || !surplus.every((element) => plain.test(element))) return null
    changes.push({ set: set.name, remove: surplus.map((element) => keyOf(set, element)), add })
  }
  return changes
}

/** The lines of a transaction; what goes comes first, so that a key may get another value. */
export function renderChanges(
  { family, name }: { readonly family: string; readonly name: string },
  changes: readonly ElementChange[],
): string {
  const lines = (verb: string, side: 'remove' | 'add') =>
    changes
      .filter((change) => change[side].length > 0)
      .map(
        (change) =>
          `${verb} element ${family} ${name} ${change.set} { ${change[side].join(', ')} }\n`,
      )
  return [...lines('delete', 'remove'), ...lines('add', 'add')].join('')
}

function hasStructure(table: NftTable, { version, elements, chains }: TableShape): boolean {
  return (
    version === structureOf(table) &&
    Object.keys(elements).length === table.sets.length &&
    table.sets.every(({ name }) => name in elements) &&
    Object.keys(chains).length === table.chains.length &&
    table.chains.every((chain) => sameChain(chainShape(chain), chains[chain.name]))
  )
}

function sameChain(a: ChainShape, b: ChainShape | undefined): boolean {
  return (
    b !== undefined &&
    a.hook === b.hook &&
    // A rule by another hand has no mark: a chain of one such is not an empty one.
    a.rules.length === b.rules.length &&
    a.rules.join() === b.rules.join()
  )
}

function difference({ elements }: NftSet, found: readonly string[]) {
  if (found.length === 0) return { add: elements, surplus: [] }
  const have = new Set(found)
  const bare = elements.map(unquoted)
  const want = new Set(bare)
  return {
    add: elements.filter((_, index) => !have.has(bare[index] ?? '')),
    surplus: found.filter((element) => !want.has(element)),
  }
}

/** The key of an element that was read, as nft is told it: names of devices in quotes. */
function keyOf({ type }: NftSet, element: string): string {
  const [types = ''] = type.split(' : ')
  const [key = ''] = element.split(' : ')
  const kinds = types.split(' . ')
  return key
    .split(' . ')
    .map((part, index) => (/ifname$/.test(kinds[index] ?? '') ? quoted(part) : part))
    .join(' . ')
}

/** A hand may have put in a device whose name would say more than a name inside a line of nft. */
const plain = /^[\w.:/@ -]+$/
