import type { ChainShape, TableShape } from '../host/index.ts'
import { type NftTable, shapeOf } from '../nat/index.ts'

/** One way in which a loaded nft table is not the wanted one. */
export interface Gap {
  /** The set, map or chain it is in; null for the table itself. */
  readonly part: string | null
  /** The element of a set or map. */
  readonly element: string | null
  readonly says: string
}

/** How what is loaded differs from what is wanted, by the planner's own idea of equal; empty when it does not. */
export function tableGaps(table: NftTable, found: TableShape | undefined, where: string): Gap[] {
  const title = `nft table ${table.family} ${table.name}${where}`
  if (found === undefined) return [{ part: null, element: null, says: `${title} is not loaded` }]
  const shape = shapeOf(table)
  const gaps = [
    ...Object.entries(shape.chains).flatMap(([name, chain]) =>
      chainGaps(title, name, chain, found.chains[name]),
    ),
    ...Object.entries(shape.elements).flatMap(([name, elements]) =>
      elementGaps(title, name, elements, found.elements[name]),
    ),
    ...strangers(title, 'chain', Object.keys(found.chains), shape.chains),
    ...strangers(title, 'set', Object.keys(found.elements), shape.elements),
  ]
  if (gaps.length > 0 || shape.version === found.version) return gaps
  const why =
    found.version === ''
      ? 'sleeps, or has no mark of ours'
      : 'was loaded from another specification'
  return [{ part: null, element: null, says: `${title} ${why}` }]
}

/** What somebody put into our table. */
function strangers(
  title: string,
  kind: string,
  found: readonly string[],
  wanted: Readonly<Record<string, unknown>>,
): Gap[] {
  return found
    .filter((name) => !Object.hasOwn(wanted, name))
    .map((name) => ({
      ...{ part: null, element: null },
      says: `${title} has ${kind} ${name}, which nobody wants`,
    }))
}

function chainGaps(
  title: string,
  name: string,
  wanted: ChainShape,
  found: ChainShape | undefined,
): Gap[] {
  const gap = (says: string): Gap[] => [{ part: name, element: null, says }]
  if (found === undefined) return gap(`${title} lacks chain ${name}`)
  if (found.hook !== wanted.hook)
    return gap(`chain ${name} of ${title} is "${found.hook}", not "${wanted.hook}"`)
  // A rule that nothing can be said of reads as nothing: the number counts as well.
  const isEqual = found.rules.length === wanted.rules.length
  if (isEqual && found.rules.join() === wanted.rules.join()) return []
  const kept = wanted.rules.filter((rule) => found.rules.includes(rule)).length
  return gap(
    `chain ${name} of ${title} has ${kept} of its ${wanted.rules.length} rules, and ${found.rules.length} in all`,
  )
}

function elementGaps(
  title: string,
  name: string,
  wanted: readonly string[],
  found: readonly string[] | undefined,
): Gap[] {
  if (found === undefined)
    return [{ part: name, element: null, says: `${title} lacks set ${name}` }]
  return [
    ...wanted
      .filter((element) => !found.includes(element))
      .map((element) => ({
        part: name,
        element,
        says: `set ${name} of ${title} lacks ${element}`,
      })),
    ...found
      .filter((element) => !wanted.includes(element))
      .map((element) => ({
        part: name,
        element,
        says: `set ${name} of ${title} has ${element}, which nobody wants`,
      })),
  ]
}
