import { type FastifyRequest, fastify } from 'fastify'
import { type Static, Type } from 'typebox'
import type { FlexibleIps } from '../../ipam/flexible-ip/index.ts'
import { Fault, type FaultKind, sentenceOf } from '../../lib/fault/index.ts'
import { lazyValidators } from '../../lib/lazy-validators/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import { type CloudCall, notingCalls } from '../../lib/scaleway/index.ts'
import type { Elastic } from '../fleet/index.ts'
import { listenOn } from './listen-on.ts'
import { registered, releaseOf } from './ranges.ts'

export interface DriverApiOptions {
  readonly flexibleIps: FlexibleIps
  readonly elastic: Elastic
  readonly logger: Logger
}

export interface DriverApi {
  /** Serves on a unix socket that only its owner and group may use. Throws EDGE_SOCKET_TAKEN. */
  listen(path: string): Promise<void>
  close(): Promise<void>
}

const Range = Type.Object({ range: Type.Record(Type.String(), Type.String()) })
const Ipv4 = Type.String({ pattern: '^(\\d{1,3}\\.){3}\\d{1,3}$' })
const Address = Type.Object({
  provision: Type.Integer({ minimum: 0 }),
  /** Id of the OpenNebula host. */
  host: Type.Integer({ minimum: 0 }),
  vm: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.Null()])),
  ip: Ipv4,
  external: Ipv4,
  /** Name of the host that is cleaned: where the VM was, which in a migration is not `host`. */
  cleaned: Type.Optional(Type.Union([Type.String({ maxLength: 253 }), Type.Null()])),
})

const statusOf: Readonly<Record<FaultKind, number>> = {
  invalid: 400,
  denied: 403,
  missing: 404,
  conflict: 409,
  exhausted: 409,
  transient: 503,
  broken: 500,
}

/**
 * What OpenNebula's drivers ask while oned waits for them: no operation lock is taken here, and oned
 * is only read. Whoever may open the socket may use it; there is no other door.
 */
export function createDriverApi({ flexibleIps, elastic, logger }: DriverApiOptions): DriverApi {
  const app = fastify({ logger: false })
  app.setValidatorCompiler(lazyValidators({ coerceTypes: false }))
  const calls = new WeakMap<FastifyRequest, CloudCall[]>()

  /** The work's answer, and what it took at Scaleway: for the drivers' log. */
  async function told<T extends object>(request: FastifyRequest, work: () => Promise<T>) {
    const made: CloudCall[] = []
    calls.set(request, made)
    return { ...(await notingCalls(made, work)), calls: made }
  }

  app.setErrorHandler((error, request, reply) => {
    const fault = error instanceof Fault ? error : undefined
    const invalid = !fault && (error as { statusCode?: number }).statusCode === 400
    const status = fault ? statusOf[fault.kind] : invalid ? 400 : 500
    const message = sentenceOf(error)
    logger.warn('a driver was refused', { url: request.url, status, cause: message })
    const code = fault?.code ?? 'EDGE_DRIVER_REQUEST'
    return reply.status(status).send({ code, message, calls: calls.get(request) ?? [] })
  })

  app.post<{ Body: Static<typeof Range> }>(
    '/ipam/register',
    { schema: { body: Range } },
    (request) =>
      told(request, async () => ({ range: await registered(flexibleIps, request.body.range) })),
  )

  app.post<{ Body: Static<typeof Range> }>(
    '/ipam/unregister',
    { schema: { body: Range } },
    (request) =>
      told(request, async () => ({
        state: await flexibleIps.release(releaseOf(request.body.range)),
      })),
  )

  app.post<{ Body: Static<typeof Address> }>(
    '/elastic/assign',
    { schema: { body: Address } },
    async ({ body }) => ({ state: await elastic.assign(elasticRequest(body)) }),
  )

  app.post<{ Body: Static<typeof Address> }>(
    '/elastic/unassign',
    { schema: { body: Address } },
    async ({ body }) => ({ state: await elastic.unassign(elasticRequest(body)) }),
  )

  return {
    listen: (path) => listenOn(app, path),
    close: () => app.close(),
  }
}

function elasticRequest({ provision, host, ip, external, vm, cleaned }: Static<typeof Address>) {
  return {
    ...{ provisionId: provision, hostId: host, ip, external },
    ...(vm == null ? {} : { vm }),
    ...(cleaned == null ? {} : { cleaned }),
  }
}
