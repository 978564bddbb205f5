import type { BodyAttribute, StoredDocument } from './store.ts'

/** A document of ours: oned's envelope, and the body typed and with its secrets opened. */
export type Document<Body> = Omit<StoredDocument, 'body'> & { readonly body: Body }

export interface Collection<Body> {
  /** All of ours that this user may use; documents that others wrote are skipped. */
  list(): Promise<Document<Body>[]>
  /** Who wrote which document of this type, secrets left closed. */
  census(): Promise<Census<Body>>
  /**
   * Throws EDGE_DOCUMENT_MISSING also for documents of another type, EDGE_DOCUMENT_FOREIGN for those of
   * another engine, and EDGE_DOCUMENT_ALTERED for one of ours that somebody else has written to.
   */
  get(id: number): Promise<Document<Body>>
  create(body: Body): Promise<Document<Body>>
  /**
   * Reads, lets `mutate` change the body in place (or return another), and writes if it changed.
   * Updates of one document run one after the other, whoever asks.
   */
  update(id: number, mutate: (body: Body) => Body | undefined): Promise<Document<Body>>
  /**
   * Makes a document of another engine ours, if its body still is what was `seen`. Throws
   * EDGE_DOCUMENT_MOVED when it is not, also because it is ours already.
   */
  adopt(id: number, seen: unknown, body: Body): Promise<Document<Body>>
  delete(id: number): Promise<void>
  /** As it was last read or written here, by whomever; undefined when it never was. Asks nobody. */
  recall(id: number): Document<Body> | undefined
  recallAll(): Document<Body>[]
  /** By oned, with this user's rights; `octet` like "640". */
  chmod(id: number, octet: string): Promise<void>
  /** By oned, with this user's rights; -1 leaves the user or group as it is. */
  chown(id: number, uid: number, gid: number): Promise<void>
}

export interface Census<Body> {
  /** Ours; opening one throws EDGE_SECRET_UNREADABLE when its secrets were sealed by another key. */
  readonly ours: readonly { readonly id: number; open(): Document<Body> }[]
  /** Those that `list` skips: of other engines, and, `unclear`, those that may be ours and others wrote. */
  readonly others: readonly { readonly id: number; readonly engine: 'other' | 'unclear' }[]
}

export interface Kind<Body> {
  readonly type: number
  readonly attribute: BodyAttribute
  /** From the body here to the body in OpenNebula, and back. */
  pack(body: Body): Body
  unpack(body: Body): Body
  /** Throws what forbids the change. */
  beforeUpdate?(id: number, from: Body, to: Body): Promise<void>
  beforeDelete?(id: number): Promise<void>
}
