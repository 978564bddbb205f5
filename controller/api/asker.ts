import type { Documents } from '../documents/index.ts'
import type { OpenNebula, User } from '../opennebula/index.ts'
import type { Prompt } from './prompt.ts'

/** The user who asks, and the documents seen with that user's rights. */
export interface Asker {
  readonly user: User
  readonly documents: Documents
  /** Documents as oned has them, of whatever engine. */
  readonly stored: Pick<OpenNebula['documents'], 'get'>
  /** The same to look at only, and in time for OpenNebula's drivers. */
  readonly prompt: Prompt
}

declare module 'fastify' {
  interface FastifyRequest {
    asker: Asker
  }
}
