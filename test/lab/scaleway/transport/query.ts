import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { accessOf } from './auth.ts'
import { invalidArgument } from './errors.ts'
import { isUuid } from './locality.ts'

/** Query parameters as Scaleway's clients send them: arrays as repeated keys, booleans as words. */
export interface Query {
  text(name: string): string | undefined
  texts(name: string): string[]
  flag(name: string): boolean | undefined
  uuid(name: string): string | undefined
}

export function readQuery(request: FastifyRequest): Query {
  const raw = request.query as Record<string, string | string[] | undefined>
  const texts = (name: string) => [raw[name] ?? []].flat()
  const text = (name: string) => texts(name).at(-1)
  return {
    text,
    texts,
    flag(name) {
      const word = text(name)
      if (word === undefined) return undefined
      if (word !== 'true' && word !== 'false')
        throw invalidArgument(name, 'format', 'value must be a boolean')
      return word === 'true'
    },
    uuid(name) {
      const id = text(name)
      if (id !== undefined && !isUuid(id))
        throw invalidArgument(name, 'format', 'value must be a valid UUID')
      return id
    },
  }
}

interface Listed {
  readonly id: string
  readonly created_at?: string
  readonly project_id?: string
  readonly organization_id?: string
  readonly name?: string
  readonly tags?: readonly string[]
}

export interface ListOptions {
  readonly pageSize?: number
  readonly order?: 'created_at_asc' | 'created_at_desc'
}

/**
 * One page of what the caller may see: the filters every product has (`tags` is an OR, `name` means
 * contains, project and organization exact), sorted, with the true total.
 */
export function listPage<T extends Listed>(
  sim: Sim,
  request: FastifyRequest,
  all: Iterable<T>,
  options: ListOptions = {},
): { items: T[]; total_count: number } {
  const query = readQuery(request)
  const tags = query.texts('tags')
  const name = query.text('name')
  const project = query.uuid('project_id')
  const organization = query.uuid('organization_id')
  const access = accessOf(request)
  const horizon = sim.clock.now() - Math.max(sim.config.switches.listLagMs, request.lagMs)
  const found = [...all].filter(
    (item) =>
      (item.project_id === undefined || access.sees(item.project_id)) &&
      (project === undefined || item.project_id === undefined || item.project_id === project) &&
      (organization === undefined || (item.organization_id ?? organization) === organization) &&
      (tags.length === 0 || tags.some((tag) => item.tags?.includes(tag))) &&
      (name === undefined || item.name?.includes(name)) &&
      (sim.store.born.get(item) ?? 0) <= horizon,
  )
  const { shift } = request
  if (shift === null) return pageOf(query, sorted(query, found, options), options)
  return pageOf(query, shifted(query, sorted(query, found, options)), options, shift.size)
}

function pageOf<T>(query: Query, items: T[], options: ListOptions, most?: number) {
  return { items: cut(query, items, options, most), total_count: items.length }
}

/**
 * Somebody else's object comes first, and is gone when the next page is asked for: every item moves up
 * by one, so that whoever reads on misses one.
 */
function shifted<T extends Listed>(query: Query, items: T[]): T[] {
  const [first] = items
  if (first === undefined || (query.text('page') ?? '1') !== '1') return items
  const stranger = { ...first, id: randomUUID(), name: 'a stranger', tags: [] }
  return [stranger, ...items]
}

function sorted<T extends Listed>(query: Query, items: T[], options: ListOptions): T[] {
  const order = query.text('order_by') ?? options.order ?? 'created_at_asc'
  const field = order.replace(/_(asc|desc)$/, '') as keyof T
  const sign = order.endsWith('_desc') ? -1 : 1
  const compare = (a: unknown, b: unknown) => {
    const [x, y] = [String(a ?? ''), String(b ?? '')]
    return x < y ? -1 : x > y ? 1 : 0
  }
  return items.sort((a, b) => sign * compare(a[field], b[field]) || compare(a.id, b.id))
}

function cut<T>(query: Query, items: T[], options: ListOptions, most = 100): T[] {
  const page = count(query, 'page', 1, Number.MAX_SAFE_INTEGER)
  const size = Math.min(most, count(query, 'page_size', options.pageSize ?? 20, 100))
  return items.slice((page - 1) * size, page * size)
}

function count(query: Query, name: string, otherwise: number, max: number): number {
  const word = query.text(name)
  if (word === undefined) return otherwise
  const value = Number(word)
  if (!/^\d+$/.test(word)) throw invalidArgument(name, 'format', 'value must be an integer')
  if (value < 1 || value > max)
    throw invalidArgument(name, 'constraint', `value must be between 1 and ${max}`)
  return value
}
