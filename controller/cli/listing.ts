import { Flags } from '@oclif/core'
import type { ProviderAnswer, ProvisionAnswer } from './answers.ts'
import { list, time } from './columns.ts'
import { badRequest, Failure } from './failure.ts'

/** A column of a list: what it is called, and what it shows of an object. */
export type Column<T> = readonly [name: string, cell: (item: T) => string]

export const provisionColumns: readonly Column<ProvisionAnswer>[] = [
  ['ID', ({ ID }) => ID],
  ['USER', ({ UNAME }) => UNAME],
  ['GROUP', ({ GNAME }) => GNAME],
  ['NAME', ({ NAME }) => NAME],
  ['STATE', ({ TEMPLATE }) => TEMPLATE.PROVISION_BODY.state],
  ['REGTIME', ({ TEMPLATE }) => time(TEMPLATE.PROVISION_BODY.registration_time)],
]

export const providerColumns: readonly Column<ProviderAnswer>[] = [
  ['ID', ({ ID }) => ID],
  ['USER', ({ UNAME }) => UNAME],
  ['GROUP', ({ GNAME }) => GNAME],
  ['NAME', ({ NAME }) => NAME],
  ['REGTIME', ({ TEMPLATE }) => time(TEMPLATE.PROVIDER_BODY.registration_time)],
]

/** What lists of OpenNebula can be told to show. */
export const listFlags = {
  filter: Flags.string({
    char: 'f',
    summary: 'only rows that match: NAME=edge, STATE!=RUNNING, NAME~par; several with commas',
  }),
  list: Flags.string({ char: 'l', summary: 'these columns, in this order: ID,NAME,STATE' }),
  header: Flags.boolean({
    summary: 'the line with the names of columns',
    default: true,
    allowNo: true,
  }),
}

/** The objects that a --filter leaves. Throws a Failure for a column that is not there. */
export function filtered<T>(
  items: readonly T[],
  columns: readonly Column<T>[],
  filter: string | undefined,
): readonly T[] {
  const conditions = (filter?.split(',') ?? []).map((text) => conditionOf(text, columns))
  return items.filter((item) => conditions.every((holds) => holds(item)))
}

function conditionOf<T>(text: string, columns: readonly Column<T>[]): (item: T) => boolean {
  const [, name, operator, wanted = ''] = /^\s*(\w+)\s*(!=|==?|~)\s*(.*?)\s*$/.exec(text) ?? []
  if (name === undefined)
    throw new Failure(`"${text}" is no filter like NAME=edge, NAME!=edge or NAME~ed`, badRequest)
  const [, cell] = columnOf(name, columns)
  if (operator === '~') return (item) => cell(item).includes(wanted)
  return (item) => (cell(item) === wanted) === (operator !== '!=')
}

/** A list with the columns that --list names, or all. */
export function listOf<T>(
  items: readonly T[],
  columns: readonly Column<T>[],
  {
    list: names,
    header = true,
  }: { readonly list?: string | undefined; readonly header?: boolean } = {},
): string {
  const shown = names?.split(',').map((name) => columnOf(name.trim(), columns)) ?? columns
  const text = list(
    shown.map(([name]) => name),
    items.map((item) => shown.map(([, cell]) => cell(item))),
  )
  return header ? text : text.split('\n').slice(1).join('\n')
}

function columnOf<T>(name: string, columns: readonly Column<T>[]): Column<T> {
  const found = columns.find(([known]) => known === name.toUpperCase())
  if (found) return found
  const all = columns.map(([known]) => known).join(', ')
  throw new Failure(`There is no column "${name}"; there are ${all}`, badRequest)
}
