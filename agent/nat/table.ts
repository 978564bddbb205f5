import type { TableShape } from '../host/index.ts'
import { fingerprint, tableName } from '../host/index.ts'

/** An nft table as a value: rendered to text, and compared with what the kernel has loaded. */
export interface NftTable {
  readonly family: 'ip' | 'ip6' | 'bridge' | 'netdev'
  readonly name: string
  readonly sets: readonly NftSet[]
  readonly chains: readonly NftChain[]
}

export interface NftSet {
  readonly name: string
  readonly kind: 'set' | 'map'
  /** `ipv4_addr`, `ifname . ether_addr`, `ipv4_addr : ipv4_addr`… */
  readonly type: string
  readonly interval?: boolean
  /** As nft lists them: `10.0.0.0/8`, `"tap" . 02:…`, `10.0.0.1 : 10.0.0.2`. */
  readonly elements: readonly string[]
}

export interface NftChain {
  readonly name: string
  /** `type filter hook input priority -10; policy accept;` */
  readonly hook: string
  readonly rules: readonly string[]
}

export const quoted = (name: string): string => `"${name}"`

/** The name of an empty chain that carries the hash of the text the table was loaded from. */
const versionPrefix = 'version-'

/**
 * One transaction that replaces each table whole. `add` before `delete` makes it work whether the
 * table is there or not (nft before 1.0.7 has no `destroy`).
 */
export function renderTables(tables: readonly NftTable[]): string {
  return tables.map(renderTable).join('')
}

export function renderRemoval({ family, name }: { family: string; name: string }): string {
  return `add table ${family} ${name}\ndelete table ${family} ${name}\n`
}

export function versionOf(table: NftTable): string {
  return fingerprint(table)
}

/** What a loaded table must look like to need no change. */
export function shapeOf(table: NftTable): TableShape {
  return {
    family: table.family,
    name: table.name,
    version: versionOf(table),
    elements: Object.fromEntries(
      table.sets.map(({ name, elements }) => [name, elements.map(unquoted).sort()]),
    ),
    chains: Object.fromEntries(table.chains.map(({ name, rules }) => [name, rules.length])),
  }
}

export function versionChain(name: string): string | null {
  return name.startsWith(versionPrefix) ? name.slice(versionPrefix.length) : null
}

export const isOurTable = ({ name }: { name: string }): boolean => name === tableName

const unquoted = (element: string): string => element.replaceAll('"', '')

function renderTable(table: NftTable): string {
  const { family, name } = table
  const body = [
    ...table.sets.map(renderSet),
    ...table.chains.map(renderChain),
    `\tchain ${versionPrefix}${versionOf(table)} {\n\t}\n`,
  ]
  return `${renderRemoval(table)}table ${family} ${name} {\n${body.join('')}}\n`
}

function renderSet({ name, kind, type, interval, elements }: NftSet): string {
  const lines = [`type ${type}`]
  if (interval) lines.push('flags interval')
  if (elements.length > 0) lines.push(`elements = { ${elements.join(', ')} }`)
  return `\t${kind} ${name} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`
}

function renderChain({ name, hook, rules }: NftChain): string {
  return `\tchain ${name} {\n${[hook, ...rules].map((line) => `\t\t${line}\n`).join('')}\t}\n`
}
