import { type TableShape, tableName } from '../host/index.ts'
import { isOurTable, versionChain } from '../nat/index.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * Our own tables out of `nft -j list ruleset`; everybody else's are none of our business. Null when
 * nft broke off: 1.0.6 prints the flags of a dormant table, anybody's, from freed memory. Whatever it
 * prints there, a table of ours with flags does nothing, so it counts as of no version.
 */
export function parseTables(output: string): TableShape[] | null {
  if (output.trim() === '') return []
  const entries = entriesOf(output)
  if (entries === null) return null
  const tables = new Map<string, Table>()
  const flagged = new Set<Table>()
  for (const entry of entries) {
    const [kind = '', value] = Object.entries(entry)[0] ?? []
    const item = value as Json
    if (kind === 'table' && isOurTable({ name: String(item['name']) })) {
      const table = emptyTable(item)
      tables.set(table.family, table)
      if (item['flags'] !== undefined) flagged.add(table)
    } else if (item['table'] !== undefined && isOurTable({ name: String(item['table']) }))
      put(tables.get(String(item['family'])), kind, item)
  }
  for (const table of flagged) table.version = ''
  return [...tables.values()]
}

/** A table of ours that could not be read: it is there, and not as it should be. */
export const unreadTable = (family: string): TableShape => emptyTable({ family, name: tableName })

function entriesOf(output: string): readonly Json[] | null {
  try {
    return (JSON.parse(output) as { nftables: readonly Json[] }).nftables
  } catch {
    return null
  }
}

type Table = TableShape & {
  version: string
  readonly elements: Record<string, readonly string[]>
  readonly chains: Record<string, { readonly hook: string; readonly rules: string[] }>
}

function emptyTable({ family, name }: Json): Table {
  return { family: String(family), name: String(name), version: '', elements: {}, chains: {} }
}

/** nft lists a table before what is in it, and a chain before its rules. */
function put(table: Table | undefined, kind: string, item: Json): void {
  if (table === undefined) return
  const name = String(item['name'])
  switch (kind) {
    case 'set':
    case 'map':
      table.elements[name] = elementsOf(item)
      return
    case 'chain': {
      const version = versionChain(name)
      if (version === null) table.chains[name] = { hook: hookOf(item), rules: [] }
      else table.version = version
      return
    }
    case 'rule':
      table.chains[String(item['chain'])]?.rules.push(String(item['comment'] ?? ''))
  }
}

function hookOf({ type, hook, prio, policy }: Json): string {
  return hook === undefined ? '' : [type, hook, prio, policy].join(' ')
}

function elementsOf({ elem }: Json): string[] {
  return (Array.isArray(elem) ? elem : []).map((element) => elementText(element)).sort()
}

/** An element as it is written in a ruleset: `a`, `a . b`, `a/8`, `a-b`, `key : value`. */
function elementText(element: unknown): string {
  if (Array.isArray(element)) return element.map(elementText).join(' : ')
  if (typeof element !== 'object' || element === null) return String(element)
  const { concat, prefix, range, elem } = element as {
    concat?: readonly unknown[]
    prefix?: { addr: string; len: number }
    range?: readonly unknown[]
    elem?: { val: unknown }
  }
  if (concat !== undefined) return concat.map(elementText).join(' . ')
  if (prefix !== undefined) return `${prefix.addr}/${prefix.len}`
  if (range !== undefined) return range.map(elementText).join('-')
  return elementText(elem?.val ?? '')
}
