import { randomBytes, randomUUID } from 'node:crypto'
import { keepSecret } from '../../lib/log/index.ts'
import { engine, providerType, provisionType } from './bodies.ts'
import { fault } from './faults.ts'
import type { DocumentStore, StoredDocument } from './store.ts'

/** What the controller itself must not lose; everything else it needs is derived or looked up. */
export interface ControllerDocument {
  /** Tags every object of this cloud at Scaleway. */
  readonly cloud: string
  /** Rises at each start of a controller; agents refuse specs of an older one. */
  readonly epoch: number
  /** 32 bytes from which every other secret is derived. */
  readonly master: Buffer
}

interface Body {
  engine: typeof engine
  kind: 'controller'
  cloud: string
  epoch: number
  master: string
}

const documentType = 105
/** oned encrypts this attribute at rest, and only this one. */
const attribute = 'PROVISION_BODY'

interface Owner {
  user(): Promise<{ readonly id: number }>
}

/**
 * Reads the controller document, creating it at the first start, and raises its epoch.
 * Documents of the same type that other users own are not looked at: anybody may create documents.
 */
export async function loadControllerDocument(
  one: DocumentStore & Owner,
): Promise<ControllerDocument> {
  const { id: uid } = await one.user()
  const document = (await only(one, uid)) ?? (await create(one, uid))
  const body = parse(document)
  const next: Body = { ...body, epoch: body.epoch + 1 }
  await one.documents.chmod(document.id, '600')
  await one.documents.update(document.id, attribute, next)
  keepSecret(body.master)
  return { cloud: next.cloud, epoch: next.epoch, master: Buffer.from(next.master, 'base64') }
}

/** The epoch in the document; higher than one's own when another controller has taken over. */
export async function currentEpoch(one: DocumentStore & Owner): Promise<number | undefined> {
  const document = await only(one, (await one.user()).id)
  return document && parse(document).epoch
}

async function only(one: DocumentStore, uid: number): Promise<StoredDocument | undefined> {
  const found = (await mine(one, uid)).map(({ id }) => id)
  if (found.length > 1) {
    throw fault('EDGE_CONTROLLER_DOCUMENT_AMBIGUOUS', `Controller documents ${found.join(', ')}`)
  }
  return found[0] === undefined ? undefined : one.documents.get(found[0])
}

/** Of two controllers that start at the same first moment, the one that was later gives way. */
async function create(one: DocumentStore, uid: number): Promise<StoredDocument> {
  await mustBeFirst(one)
  const body: Body = {
    engine,
    kind: 'controller',
    cloud: randomUUID(),
    epoch: 0,
    master: randomBytes(32).toString('base64'),
  }
  const id = await one.documents.create(documentType, 'edgectl controller', attribute, body)
  const first = Math.min(...(await mine(one, uid)).map((document) => document.id))
  if (first !== id) await one.documents.delete(id)
  return one.documents.get(first)
}

/** With a new identity nothing that exists could be reached any more, and would cost on unseen. */
async function mustBeFirst({ documents }: DocumentStore): Promise<void> {
  const all = [...(await documents.list(providerType)), ...(await documents.list(provisionType))]
  const left = all.filter(({ body }) => (body as Partial<Body> | null)?.engine === engine)
  if (left.length === 0) return
  const ids = left.map(({ id }) => id).join(', ')
  const message = `The controller document is gone and documents ${ids} were written under it`
  throw fault('EDGE_CONTROLLER_DOCUMENT_LOST', message)
}

async function mine(one: DocumentStore, uid: number): Promise<StoredDocument[]> {
  const all = await one.documents.list(documentType)
  return all.filter((document) => document.owner.uid === uid)
}

function parse({ id, body }: StoredDocument): Body {
  const { cloud, epoch, master } = (body ?? {}) as Partial<Body>
  if (
    typeof cloud !== 'string' ||
    !Number.isSafeInteger(epoch) ||
    typeof master !== 'string' ||
    Buffer.from(master, 'base64').length !== 32
  ) {
    throw fault('EDGE_CONTROLLER_DOCUMENT_INVALID', `Controller document ${id} cannot be read`)
  }
  return body as Body
}
