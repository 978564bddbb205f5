import { markOf, structureOf } from './shape.ts'
import { type NftChain, type NftSet, type NftTable, quoted } from './table.ts'

/** The name of an empty chain that carries the hash of the structure the table was loaded with. */
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

export function versionChain(name: string): string | null {
  return name.startsWith(versionPrefix) ? name.slice(versionPrefix.length) : null
}

function renderTable(table: NftTable): string {
  const { family, name } = table
  const body = [
    ...table.sets.map(renderSet),
    ...table.chains.map(renderChain),
    `\tchain ${versionPrefix}${structureOf(table)} {\n\t}\n`,
  ]
  return `${renderRemoval(table)}table ${family} ${name} {\n${body.join('')}}\n`
}

function renderSet(set: NftSet): string {
  const { name, kind, type, elements } = set
  const lines = [`${set.byExpression ? 'typeof' : 'type'} ${type}`]
  if (set.interval) lines.push('flags interval')
  if (set.counter) lines.push('counter')
  if (elements.length > 0) lines.push(`elements = { ${elements.join(', ')} }`)
  return `\t${kind} ${name} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`
}

/** Each rule carries its mark, so that another one in its place does not pass for it. */
function renderChain({ name, hook, rules }: NftChain): string {
  const lines = [hook, ...rules.map((rule) => `${rule} comment ${quoted(markOf(rule))}`)]
  return `\tchain ${name} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`
}
