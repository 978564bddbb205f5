import { Fault } from '../../lib/fault/index.ts'
import { isOurs } from './is-ours.ts'
import type { DocumentStore, StoredDocument } from './store.ts'

/**
 * Documents as oned last told or took them, sealed as it keeps them. For readers that oned itself waits
 * for, and that must not wait for oned; whoever decides anything reads.
 */
export interface Memory {
  get(id: number): StoredDocument | undefined
  all(type: number): StoredDocument[]
  keep(document: StoredDocument): void
  /** All of a type that there are. */
  keepAll(type: number, documents: readonly StoredDocument[]): void
  forget(id: number): void
}

/** Told of one that was ours, and that another server has written over. */
export type OnLost = (document: Pick<StoredDocument, 'id' | 'type'>) => void

export function createMemory(onLost: OnLost = () => undefined): Memory {
  const known = new Map<number, StoredDocument>()
  const all = (type: number) => [...known.values()].filter((one) => one.type === type)
  const keep = (document: StoredDocument) => {
    const before = known.get(document.id)
    known.set(document.id, document)
    if (isOurs(before?.body) && !isOurs(document.body)) onLost(document)
  }
  return {
    get: (id) => known.get(id),
    all,
    keep,
    keepAll(type, documents) {
      const ids = new Set(documents.map(({ id }) => id))
      for (const { id } of all(type)) if (!ids.has(id)) known.delete(id)
      documents.forEach(keep)
    },
    forget: (id) => void known.delete(id),
  }
}

/** The store, and what passes through it is kept; one that `seesAll` also tells what is gone. */
export function remembering(
  { documents }: DocumentStore,
  memory: Memory,
  seesAll: boolean,
): DocumentStore {
  const change = (id: number, part: Partial<StoredDocument>) => {
    const known = memory.get(id)
    if (known) memory.keep({ ...known, ...part })
  }
  return {
    documents: {
      ...documents,
      async list(type) {
        const found = await documents.list(type)
        if (seesAll) memory.keepAll(type, found)
        else found.forEach(memory.keep)
        return found
      },
      async get(id) {
        try {
          const found = await documents.get(id)
          memory.keep(found)
          return found
        } catch (error) {
          if (error instanceof Fault && error.kind === 'missing') memory.forget(id)
          throw error
        }
      },
      async update(id, attribute, body) {
        await documents.update(id, attribute, body)
        change(id, { body })
      },
      async rename(id, name) {
        await documents.rename(id, name)
        change(id, { name })
      },
      async delete(id) {
        await documents.delete(id)
        memory.forget(id)
      },
    },
  }
}
