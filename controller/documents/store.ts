import type { OpenNebula } from '../opennebula/index.ts'

export type { BodyAttribute, Document as StoredDocument, Permissions } from '../opennebula/index.ts'

/** The little of OpenNebula this room needs. */
export type DocumentStore = Pick<OpenNebula, 'documents'>
