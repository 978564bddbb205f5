import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../lib/clock/index.ts'
import { Fault } from '../../lib/fault/index.ts'
import type { Document, Documents } from '../documents/index.ts'
import type { User } from '../opennebula/index.ts'
import { fault } from './faults.ts'
import type { OneLogin } from './ports.ts'

/** The user who asks, and the documents seen with that user's rights. */
export interface Asker {
  readonly user: User
  readonly documents: Documents
}

declare module 'fastify' {
  interface FastifyRequest {
    asker: Asker
  }
}

/** How long oned's yes is believed; a no is always asked again. */
const believedMs = 10_000

interface LoginOptions {
  readonly one: OneLogin
  readonly documents: Documents
  readonly clock: Clock
}

/** Every route but the welcome needs HTTP Basic credentials that oned accepts. */
export function requireLogin(app: FastifyInstance, options: LoginOptions): void {
  const believe = believer(options)
  app.decorateRequest('asker')
  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/') return
    const session = sessionOf(request.headers.authorization)
    const asker = session === undefined ? undefined : await believe(session)
    if (asker) request.asker = asker
    else return reply.code(401).type('text/html;charset=utf-8').send('Invalid credentials')
  })
}

/** Throws EDGE_NOT_ALLOWED unless the permission bits let this user change the document. */
export function mustManage({ user }: Asker, document: Document<unknown>): void {
  if (!mayManage(user, document)) {
    throw fault('EDGE_NOT_ALLOWED', `User ${user.name} may not manage document ${document.id}`)
  }
}

/** oneadmin, and whoever is in its group: oned refuses them nothing. */
export function isAdministrator({ id, gid, groups }: User): boolean {
  return id === 0 || [gid, ...groups].includes(0)
}

export function mayManage(user: User, { owner, permissions }: Document<unknown>): boolean {
  const groups = [user.gid, ...user.groups]
  if (isAdministrator(user)) return true
  if (user.id === owner.uid && permissions.ownerM) return true
  return (groups.includes(owner.gid) && permissions.groupM) || permissions.otherM
}

function sessionOf(header = ''): string | undefined {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header) ?? []
  const session = Buffer.from(encoded, 'base64').toString('utf8')
  return /^[^:]+:./.test(session) ? session : undefined
}

function believer({ one, documents, clock }: LoginOptions) {
  const believed = new Map<string, { asker: Asker; until: number }>()
  return async (session: string): Promise<Asker | undefined> => {
    const key = createHash('sha256').update(session).digest('base64')
    const known = believed.get(key)
    if (known && known.until > clock.elapsed()) return known.asker
    believed.delete(key)
    const store = one.as(session)
    const user = await store.user().catch(refusal)
    if (!user) return undefined
    const asker = { user, documents: documents.as(store) }
    for (const [old, { until }] of believed) if (until <= clock.elapsed()) believed.delete(old)
    believed.set(key, { asker, until: clock.elapsed() + believedMs })
    return asker
  }
}

function refusal(error: unknown): undefined {
  if (error instanceof Fault && error.kind === 'denied') return
  throw error
}
