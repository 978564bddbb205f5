import type { TableShape } from '../../../../agent/host/index.ts'
import { type ElementChange, type NftTable, shapeOf } from '../../../../agent/nat/index.ts'
import { type Kernel, linkOf, worldOf } from './world.ts'

/** nft's tables named `fx`, one a family. Each function throws what nft refuses. */

type At = string | null

/** In place of the one there was. */
export function loadTable(kernel: Kernel, at: At, table: NftTable): void {
  const world = worldOf(kernel, at)
  const hooks = table.chains.flatMap(({ name, hook }) => {
    const device = /device "(.+)" /.exec(hook)?.[1]
    return device === undefined ? [] : [[name, linkOf(kernel, at, device).name] as const]
  })
  if (table.family === 'netdev') world.hooks = Object.fromEntries(hooks)
  dropTable(kernel, at, table.family)
  world.tables.push(shapeOf(table))
}

export function dropTable(kernel: Kernel, at: At, family: string): void {
  const world = worldOf(kernel, at)
  world.tables = world.tables.filter((table) => table.family !== family)
}

export function changeTable(
  kernel: Kernel,
  at: At,
  family: string,
  changes: readonly ElementChange[],
): void {
  const world = worldOf(kernel, at)
  const found = world.tables.find((table) => table.family === family)
  if (found === undefined) throw new Error(`table ${family} does not exist`)
  const elements = changes.reduce(changeElements, found.elements)
  world.tables = world.tables.map((table) => (table === found ? { ...found, elements } : table))
}

type Elements = TableShape['elements']

/** What is deleted must be there, and a key that is there may not get another value. */
function changeElements(elements: Elements, { set, remove, add }: ElementChange): Elements {
  const keyOf = (element: string) => element.split(' : ')[0] ?? ''
  const found = elements[set]
  if (found === undefined) throw new Error(`set ${set} does not exist`)
  const bare = (texts: readonly string[]) => texts.map((text) => text.replaceAll('"', ''))
  const left = new Map(found.map((element) => [keyOf(element), element]))
  for (const key of bare(remove)) if (!left.delete(key)) throw new Error(`${key} is not in ${set}`)
  for (const element of bare(add)) {
    if (left.has(keyOf(element))) throw new Error(`${element} is in ${set}`)
    left.set(keyOf(element), element)
  }
  return { ...elements, [set]: [...left.values()].sort() }
}
