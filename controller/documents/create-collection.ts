import { isDeepStrictEqual } from 'node:util'
import { Fault } from '../../lib/fault/index.ts'
import type { Collection, Document, Kind } from './collection.ts'
import { fault } from './faults.ts'
import { isOurs } from './is-ours.ts'
import type { Memory } from './memory.ts'
import type { Notary } from './proof.ts'
import type { Serial } from './serial.ts'
import type { DocumentStore, StoredDocument } from './store.ts'

interface Tools {
  readonly serial: Serial
  readonly notary: Notary
  readonly memory: Memory
  /** The same documents with oneadmin's rights. */
  readonly all: DocumentStore
}

/** oned refuses documents of more than 256 kB; JSON may grow when it is escaped and encrypted. */
const bodyLimitBytes = 180_000

/** The documents of one kind, as the store's user may see them. */
export function createCollection<Body extends { engine: string; name: string }>(
  store: DocumentStore,
  { serial, notary, memory, all }: Tools,
  kind: Kind<Body>,
): Collection<Body> {
  const { documents } = store
  const verified = ({ id, body }: StoredDocument): object | undefined =>
    isOurs(body) ? notary.verify(id, body) : undefined
  const opened = (document: StoredDocument, body: object): Document<Body> => ({
    ...document,
    body: kind.unpack(body as Body),
  })
  const read = (document: StoredDocument): Document<Body> | undefined => {
    const body = verified(document)
    return body && opened(document, body)
  }
  const getFrom = async (from: DocumentStore, id: number): Promise<Document<Body>> => {
    const document = await from.documents.get(id).catch((error: unknown) => {
      throw error instanceof Fault && error.kind === 'missing' ? missing(id, error) : error
    })
    if (document.type !== kind.type) throw missing(id)
    if (!isOurs(document.body)) throw foreign(id)
    const found = read(document)
    if (found) return found
    throw fault('EDGE_DOCUMENT_ALTERED', `Document ${id} was not written by this controller`)
  }
  const get = (id: number) => getFrom(store, id)
  /** Of ours, whoever asks: to change its rights takes MANAGE, and not USE, without which nobody reads. */
  const mustBeOurs = (id: number) =>
    get(id).catch(async (error: unknown) => {
      if (!(error instanceof Fault) || error.code !== 'ONE_DENIED') throw error
      await getFrom(all, id).catch(() => {
        throw error
      })
    })
  const write = (id: number, body: Body): Promise<void> =>
    documents.update(id, kind.attribute, notary.stamp(id, kind.pack(limited(body))))
  return {
    get,
    list: async () => {
      const found = await documents.list(kind.type)
      return found.map(read).filter((document) => document !== undefined)
    },
    recall(id) {
      const document = memory.get(id)
      return document?.type === kind.type ? read(document) : undefined
    },
    recallAll: () => {
      const known = memory.all(kind.type)
      return known.map(read).filter((document) => document !== undefined)
    },
    census: async () => {
      const found = (await documents.list(kind.type)).map((one) => ({ one, body: verified(one) }))
      return {
        ours: found.flatMap(({ one, body }) =>
          body === undefined ? [] : [{ id: one.id, open: () => opened(one, body) }],
        ),
        others: found.flatMap(({ one: { id, body: written }, body }) => {
          if (body !== undefined) return []
          const theirs = typeof written === 'object' && written !== null && !isOurs(written)
          return [{ id, engine: theirs ? 'other' : 'unclear' } as const]
        }),
      }
    },
    create: async (body) => {
      limited(body)
      // the proof needs the id; should we die between the two, what is left is nobody's and does nothing
      const id = await documents.create(kind.type, body.name, kind.attribute, {})
      try {
        await write(id, body)
        return await get(id)
      } catch (error) {
        // who is told that it failed asks again: nothing may come of the first one later
        await documents.delete(id).catch(() => undefined)
        throw error
      }
    },
    update: (id, mutate) =>
      serial(id, async () => {
        const document = await get(id)
        const draft = structuredClone(document.body)
        const body = mutate(draft) ?? draft
        if (isDeepStrictEqual(body, document.body)) return document
        await kind.beforeUpdate?.(id, document.body, body)
        await write(id, body)
        if (body.name !== document.body.name) await documents.rename(id, body.name)
        return { ...document, name: body.name, body }
      }),
    adopt: (id, seen, body) =>
      serial(id, async () => {
        const now = await documents.get(id)
        if (now.type !== kind.type || isOurs(now.body) || !isDeepStrictEqual(now.body, seen))
          throw fault('EDGE_DOCUMENT_MOVED', `Document ${id} was changed meanwhile`)
        await write(id, body)
        return await get(id)
      }),
    delete: (id) =>
      serial(id, async () => {
        await get(id)
        await kind.beforeDelete?.(id)
        await documents.delete(id)
      }),
    chmod: (id, octet) =>
      serial(id, async () => {
        await mustBeOurs(id)
        await documents.chmod(id, octet)
      }),
    chown: (id, uid, gid) =>
      serial(id, async () => {
        await mustBeOurs(id)
        await documents.chown(id, uid, gid)
      }),
  }
}

function limited<Body>(body: Body): Body {
  const bytes = Buffer.byteLength(JSON.stringify(body))
  if (bytes <= bodyLimitBytes) return body
  throw fault(
    'EDGE_DOCUMENT_TOO_LARGE',
    `A document would need ${bytes} of ${bodyLimitBytes} bytes`,
  )
}

function missing(id: number, cause?: unknown): Fault {
  return fault('EDGE_DOCUMENT_MISSING', `Error getting document ${id}`, { cause })
}

function foreign(id: number): Fault {
  const message = `Document ${id} belongs to another OneForm server than edgectl`
  return fault('EDGE_DOCUMENT_FOREIGN', message)
}
