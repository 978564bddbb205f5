import { isDeepStrictEqual } from 'node:util'
import { Fault } from '../../lib/fault/index.ts'
import { keepSecret } from '../../lib/log/index.ts'
import { engine, type ProviderBody, type ProvisionBody } from './bodies.ts'
import type { ControllerDocument } from './controller-document.ts'
import { derive } from './derive.ts'
import { createEnvelope, type Envelope } from './envelope.ts'
import { fault } from './faults.ts'
import { createSerial, type Serial } from './serial.ts'
import { states } from './states.ts'
import type { BodyAttribute, DocumentStore, StoredDocument } from './store.ts'

/** A document of ours: oned's envelope, and the body typed and with its secrets opened. */
export type Document<Body> = Omit<StoredDocument, 'body'> & { readonly body: Body }

export interface Collection<Body> {
  /** All of ours that this user may use; documents of other engines are skipped. */
  list(): Promise<Document<Body>[]>
  /** Throws EDGE_DOCUMENT_MISSING also for documents of another type or engine. */
  get(id: number): Promise<Document<Body>>
  create(body: Body): Promise<Document<Body>>
  /**
   * Reads, lets `mutate` change the body in place (or return another), and writes if it changed.
   * Updates of one document run one after the other, whoever asks.
   */
  update(id: number, mutate: (body: Body) => Body | undefined): Promise<Document<Body>>
  delete(id: number): Promise<void>
}

export interface Documents {
  readonly providers: Collection<ProviderBody>
  readonly provisions: Collection<ProvisionBody>
  /** The same documents seen with the rights of another user of OpenNebula. */
  as(store: DocumentStore): Documents
}

/** oned refuses documents of more than 256 kB; JSON may grow when it is escaped and encrypted. */
const bodyLimitBytes = 180_000

export const providerType = 103
export const provisionType = 104

/**
 * Providers and provisions, typed, over OpenNebula's documents. A provider's sensitive values are
 * sealed under a key derived from the controller document's master before they leave this process.
 */
export function createDocuments(
  one: DocumentStore,
  { master }: Pick<ControllerDocument, 'master'>,
): Documents {
  return open(one, one, createEnvelope(derive(master, 'provider-envelope')), createSerial())
}

function open(
  admin: DocumentStore,
  store: DocumentStore,
  envelope: Envelope,
  serial: Serial,
): Documents {
  const provisionsOf = async (provider: number): Promise<number[]> =>
    (await admin.documents.list(provisionType))
      .filter(({ body }) => isOurs(body) && (body as ProvisionBody).provider_id === provider)
      .filter(({ body }) => (body as ProvisionBody).state !== states.DONE)
      .map(({ id }) => id)
  const providers = collection<ProviderBody>(store, serial, {
    type: providerType,
    attribute: 'PROVIDER_BODY',
    pack: (body) => mapSensitive(body, (field, value) => envelope.seal(field, value)),
    unpack: (body) => mapSensitive(body, (field, value) => reveal(envelope, field, value)),
    beforeDelete: async (id) => {
      const users = await provisionsOf(id)
      if (users.length > 0) {
        const message = `Cannot delete a Provider with existing Provisions: ${users.join(', ')}`
        throw fault('EDGE_PROVIDER_IN_USE', message)
      }
    },
  })
  const provisions = collection<ProvisionBody>(store, serial, {
    type: provisionType,
    attribute: 'PROVISION_BODY',
    pack: (body) => body,
    unpack: (body) => body,
  })
  return {
    providers,
    provisions: {
      ...provisions,
      // in the provider's turn, so that it is not deleted between this look and the creation
      create: (body) =>
        serial(body.provider_id, async () => {
          await providers.get(body.provider_id)
          return provisions.create(body)
        }),
    },
    as: (other) => open(admin, other, envelope, serial),
  }
}

interface Kind<Body> {
  readonly type: number
  readonly attribute: BodyAttribute
  pack(body: Body): Body
  unpack(body: Body): Body
  beforeDelete?(id: number): Promise<void>
}

function collection<Body extends { engine: string; name: string }>(
  { documents }: DocumentStore,
  serial: Serial,
  kind: Kind<Body>,
): Collection<Body> {
  const read = (document: StoredDocument): Document<Body> => ({
    ...document,
    body: kind.unpack(document.body as Body),
  })
  const get = async (id: number): Promise<Document<Body>> => {
    const document = await documents.get(id).catch((error: unknown) => {
      throw error instanceof Fault && error.kind === 'missing' ? missing(id, error) : error
    })
    if (document.type !== kind.type || !isOurs(document.body)) throw missing(id)
    return read(document)
  }
  const write = async ({ id, body: before }: Document<Body>, body: Body): Promise<void> => {
    await documents.update(id, kind.attribute, kind.pack(limited(body)))
    if (body.name !== before.name) await documents.rename(id, body.name)
  }
  return {
    get,
    list: async () => {
      const all = await documents.list(kind.type)
      return all.filter(({ body }) => isOurs(body)).map(read)
    },
    create: async (body) => {
      const packed = kind.pack(limited(body))
      return get(await documents.create(kind.type, body.name, kind.attribute, packed))
    },
    update: (id, mutate) =>
      serial(id, async () => {
        const document = await get(id)
        const draft = structuredClone(document.body)
        const body = mutate(draft) ?? draft
        if (!isDeepStrictEqual(body, document.body)) await write(document, body)
        return { ...document, name: body.name, body }
      }),
    delete: (id) =>
      serial(id, async () => {
        await get(id)
        await kind.beforeDelete?.(id)
        await documents.delete(id)
      }),
  }
}

function isOurs(body: unknown): boolean {
  return (body as { engine?: unknown } | null | undefined)?.engine === engine
}

function mapSensitive(
  body: ProviderBody,
  change: (field: string, value: string) => string,
): ProviderBody {
  const sensitive = body.user_inputs.filter((input) => input.sensitive).map(({ name }) => name)
  const entries = Object.entries(body.connection).map(([name, value]) => [
    name,
    sensitive.includes(name) ? change(name, value) : value,
  ])
  return { ...body, connection: Object.fromEntries(entries) }
}

function reveal(envelope: Envelope, field: string, value: string): string {
  const plain = envelope.open(field, value)
  return field === 'secret_key' ? keepSecret(plain) : plain
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
