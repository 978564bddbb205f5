import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Fault } from '../../lib/fault/index.ts'
import type { Document, ProvisionBody } from '../documents/index.ts'
import type { User } from '../opennebula/index.ts'
import type { Asker } from './asker.ts'
import { type BelieverOptions, createBeliever } from './believer.ts'
import { fault } from './faults.ts'

export type { Asker } from './asker.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** OpenNebula's driver asks it while a virtual machine waits: answered whatever keeps oned. */
    fromMemory?: true
  }
}

const looks: ReadonlySet<string> = new Set(['GET', 'HEAD'])

type Failed = FastifyError | Fault
type FailureHandler = (error: Failed, request: FastifyRequest, reply: FastifyReply) => void

/**
 * Every route but the welcome needs HTTP Basic credentials that oned accepts. A password that was
 * changed since it was believed is answered as a wrong one, everything else by `failed`.
 */
export function requireLogin(
  app: FastifyInstance,
  options: BelieverOptions,
  failed: FailureHandler,
): void {
  const believer = createBeliever(options)
  app.decorateRequest('asker')
  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/') return
    const session = sessionOf(request.headers.authorization)
    // groups change too: who changes something is asked for every time
    const anew = !looks.has(request.method)
    const fromMemory = request.routeOptions.config.fromMemory ?? false
    const asker =
      session === undefined ? undefined : await believer.who(session, { anew, fromMemory })
    if (asker) request.asker = asker
    else return refuse(reply)
  })
  app.setErrorHandler<Failed>(async (error, request, reply) => {
    const session = sessionOf(request.headers.authorization)
    if (session !== undefined && error instanceof Fault && error.code === 'ONE_CREDENTIALS') {
      const asker = await believer.who(session, { anew: true }).catch(() => request.asker)
      if (!asker) return refuse(reply)
    }
    failed(error, request, reply)
    return reply
  })
}

function refuse(reply: FastifyReply): FastifyReply {
  return reply.code(401).type('text/html;charset=utf-8').send('Invalid credentials')
}

/** The provision a path names, which the asker must be allowed to manage. */
export type Managed = (
  asker: Asker,
  params: { readonly id: string },
) => Promise<Document<ProvisionBody>>

/** Of any document, ours or not. */
type Owned = Pick<Document<unknown>, 'id' | 'owner' | 'permissions'>

/** Throws EDGE_ADMIN_ONLY unless an administrator asks; `what` is what they want to do. */
export function mustAdminister({ user }: Asker, what: string): void {
  if (isAdmin(user)) return
  throw fault('EDGE_ADMIN_ONLY', `User ${user.name} may not ${what}`)
}

/** Throws EDGE_NOT_ALLOWED unless the permission bits let this user change the document. */
export function mustManage({ user }: Pick<Asker, 'user'>, document: Owned): void {
  if (!mayManage(user, document)) {
    throw fault('EDGE_NOT_ALLOWED', `User ${user.name} may not manage document ${document.id}`)
  }
}

export function mayManage(user: User, { owner, permissions }: Omit<Owned, 'id'>): boolean {
  const groups = [user.gid, ...user.groups]
  if (isAdmin(user)) return true
  if (user.id === owner.uid && permissions.ownerM) return true
  return (groups.includes(owner.gid) && permissions.groupM) || permissions.otherM
}

/** oneadmin, and everybody in its group. */
export function isAdmin({ id, gid, groups }: User): boolean {
  return id === 0 || [gid, ...groups].includes(0)
}

/** oned is told of logins in XML: what cannot stand there is nobody's. */
function sessionOf(header = ''): string | undefined {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/=]{1,2048})$/i.exec(header) ?? []
  const session = Buffer.from(encoded, 'base64').toString('utf8')
  return /^[^:\p{Cc}]+:[^\p{Cc}\ufffe\uffff]+$/u.test(session) ? session : undefined
}
