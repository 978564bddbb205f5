import type { Fault } from '../fault/index.ts'
import { cloudFault } from './faults.ts'

interface Page {
  readonly totalCount: number
}
type ItemsOf<P> = { [K in keyof P]: P[K] extends readonly (infer T)[] ? T : never }[keyof P]

const pageSize = 100
const maxPasses = 4

/**
 * Everything a list method of the SDK knows, page after page; the SDK's own `.all()` asks for all
 * pages at once and never notices that the set changed meanwhile. When the total changes between
 * pages, the whole list is read again, because an object may have slipped from one page to another.
 */
export async function allPages<R extends object, P extends Page>(
  list: (request: R & { page: number; pageSize: number }) => Promise<P>,
  request: R,
): Promise<ItemsOf<P>[]> {
  for (let pass = 1; pass <= maxPasses; pass++) {
    const seen = await onePass(list, request)
    if (seen.steady) return seen.items
  }
  throw unsteady()
}

async function onePass<R extends object, P extends Page>(
  list: (request: R & { page: number; pageSize: number }) => Promise<P>,
  request: R,
): Promise<{ items: ItemsOf<P>[]; steady: boolean }> {
  const byId = new Map<unknown, ItemsOf<P>>()
  let total: number | undefined
  for (let page = 1; ; page++) {
    const answer = await list({ ...request, page, pageSize })
    const items = itemsOf(answer)
    for (const item of items) byId.set((item as { id?: unknown }).id ?? item, item)
    if (page > 1 && answer.totalCount !== total) return { items: [], steady: false }
    total = answer.totalCount
    const complete = byId.size >= total
    if (complete || items.length === 0) return { items: [...byId.values()], steady: complete }
  }
}

function itemsOf<P extends Page>(page: P): ItemsOf<P>[] {
  const found = Object.values(page).find((value) => Array.isArray(value))
  return (found ?? []) as ItemsOf<P>[]
}

function unsteady(): Fault {
  return cloudFault('EDGE_CLOUD_BUSY', `A list at Scaleway changed during ${maxPasses} readings`)
}
