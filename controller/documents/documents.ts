import { keepSecret } from '../../lib/log/index.ts'
import { type ProviderBody, type ProvisionBody, providerType, provisionType } from './bodies.ts'
import type { Collection } from './collection.ts'
import type { ControllerDocument } from './controller-document.ts'
import { createCollection } from './create-collection.ts'
import { derive } from './derive.ts'
import { createEnvelope, type Envelope } from './envelope.ts'
import { fault } from './faults.ts'
import { createMemory, type Memory, type OnLost, remembering } from './memory.ts'
import { createNotary, type Notary } from './proof.ts'
import { createSerial, type Serial } from './serial.ts'
import { states } from './states.ts'
import type { DocumentStore } from './store.ts'

export interface Documents {
  readonly providers: Collection<ProviderBody>
  readonly provisions: Collection<ProvisionBody>
  /** The same documents seen with the rights of another user of OpenNebula. */
  as(store: DocumentStore): Documents
}

interface Tools {
  readonly envelope: Envelope
  readonly notary: Notary
  readonly serial: Serial
  readonly memory: Memory
  readonly all: DocumentStore
}

/**
 * Providers and provisions, typed, over OpenNebula's documents. A provider's sensitive values are
 * sealed under a key derived from the controller document's master before they leave this process. `onLost`
 * is told, once, of each that was ours when it was last read and that another server has written over.
 */
export function createDocuments(
  one: DocumentStore,
  { master }: Pick<ControllerDocument, 'master'>,
  onLost?: OnLost,
): Documents {
  const memory = createMemory(onLost)
  const store = remembering(one, memory, true)
  const tools: Tools = {
    envelope: createEnvelope(derive(master, 'provider-envelope')),
    notary: createNotary(derive(master, 'document-proof')),
    serial: createSerial(),
    memory,
    all: store,
  }
  return open(provisionsIn(store, tools), store, tools)
}

function open(all: Collection<ProvisionBody>, store: DocumentStore, tools: Tools): Documents {
  const providers = providersIn(store, all, tools)
  const provisions = provisionsIn(store, tools)
  return {
    providers,
    provisions: {
      ...provisions,
      // in the provider's turn, so that it is not deleted between this look and the creation
      create: (body) =>
        tools.serial(body.provider_id, async () => {
          await providers.get(body.provider_id)
          return provisions.create(body)
        }),
      adopt: (id, seen, body) =>
        tools.serial(body.provider_id, async () => {
          await providers.get(body.provider_id)
          return provisions.adopt(id, seen, body)
        }),
    },
    as: (other) => open(all, remembering(other, tools.memory, false), tools),
  }
}

function provisionsIn(store: DocumentStore, tools: Tools): Collection<ProvisionBody> {
  return createCollection(store, tools, {
    type: provisionType,
    attribute: 'PROVISION_BODY',
    pack: (body) => body,
    unpack: (body) => body,
  })
}

function providersIn(
  store: DocumentStore,
  provisions: Collection<ProvisionBody>,
  tools: Tools,
): Collection<ProviderBody> {
  const { envelope } = tools
  const usersOf = async (id: number) =>
    (await provisions.list())
      .filter(({ body }) => body.provider_id === id && body.state !== states.DONE)
      .map((document) => document.id)
  return createCollection(store, tools, {
    type: providerType,
    attribute: 'PROVIDER_BODY',
    pack: (body) => mapSensitive(body, (field, value) => envelope.seal(field, value)),
    unpack: (body) => mapSensitive(body, (field, value) => reveal(envelope, field, value)),
    beforeUpdate: async (id, from, to) => {
      const changed = bound.filter((name) => from.connection[name] !== to.connection[name])
      const users = changed.length === 0 ? [] : await usersOf(id)
      if (users.length === 0) return
      const what = `${changed.join(' and ')} of provider ${id}`
      const message = `Cannot change ${what} with existing provisions: ${users.join(', ')}`
      throw fault('EDGE_PROVIDER_BOUND', message)
    },
    beforeDelete: async (id) => {
      const users = await usersOf(id)
      if (users.length === 0) return
      const message = `Cannot delete a Provider with existing Provisions: ${users.join(', ')}`
      throw fault('EDGE_PROVIDER_IN_USE', message)
    },
  })
}

/** Where its provisions have what they have. */
const bound = ['project_id', 'region', 'zone'] as const

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
