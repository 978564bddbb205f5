import { Attributes } from './attributes.ts'
import type { Cloud } from './cloud.ts'
import type { Pool } from './pool.ts'

/** All objects of an OpenNebula at a quiet moment; good for any number of loads. */
export interface Snapshot {
  readonly pools: Readonly<Record<PoolName, Kept>>
}

interface Kept {
  readonly next: number
  readonly items: readonly { readonly id: number }[]
}

const poolNames = [
  'documents',
  'clusters',
  'datastores',
  'networks',
  'networkTemplates',
  'hosts',
  'vms',
] as const
type PoolName = (typeof poolNames)[number]
type AnyPool = Pool<{ readonly id: number }>

export function takeSnapshot(cloud: Cloud): Snapshot {
  const kept = (pool: AnyPool): Kept => ({ next: pool.next, items: copied(pool.newestFirst()) })
  return { pools: byName((name) => kept(cloud[name] as unknown as AnyPool)) }
}

/** Into a cloud that has only what every oned has from the start. */
export function loadSnapshot(cloud: Cloud, { pools }: Snapshot): void {
  for (const name of poolNames) {
    const pool = cloud[name] as unknown as AnyPool
    for (const item of copied(pools[name].items)) pool.put(item)
    pool.continueAt(pools[name].next)
  }
}

const byName = <T>(of: (name: PoolName) => T) =>
  Object.fromEntries(poolNames.map((name) => [name, of(name)])) as Record<PoolName, T>

/** Deep; objects are plain but for templates and maps. */
function copied<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  const copy = value instanceof Attributes ? value.copy() : members(value)
  return copy as T
}

function members(value: object): unknown {
  if (Array.isArray(value)) return value.map(copied)
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, copied(one)]))
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copied(one)]))
}
