import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Leak, LeakReport } from '../leaks/index.ts'
import { type Asker, isAdmin, mayManage } from './login.ts'
import type { LeaksPort } from './ports.ts'
import { priceJson } from './price-json.ts'
import type { Body } from './request.ts'

export const releaseRequest = Type.Object({
  ids: Type.Array(Type.String({ pattern: '^[a-z-]{3,20}/[0-9a-f-]{1,36}$' }), {
    minItems: 1,
    maxItems: 1000,
  }),
})

/** What nobody knows and somebody pays for; these routes are ours alone. */
export function leakRoutes(app: FastifyInstance, leaks: LeaksPort): void {
  app.get('/leaks', async ({ asker }) => {
    const concerns = await concernsOf(asker)
    return reportJson(await leaks.look(), concerns)
  })
  app.get('/leaks/releases', async ({ asker }) => {
    const concerns = await concernsOf(asker)
    return leaks
      .releases()
      .filter(({ providers }) => concerns(providers))
      .map(releaseJson)
  })
  app.post<Body<typeof releaseRequest>>(
    '/leaks/release',
    { schema: { body: releaseRequest } },
    async ({ asker, body: { ids } }, reply) => {
      const concerns = await concernsOf(asker)
      const found = (await leaks.look()).leaks.filter(({ providers }) => concerns(providers))
      const wanted = found.filter(({ id }) => ids.includes(id))
      leaks.release(wanted)
      reply.code(202)
      return {
        accepted: wanted.map(({ id }) => id),
        refused: ids.filter((id) => !wanted.some((leak) => leak.id === id)),
      }
    },
  )
}

type Concerns = (providers: readonly number[]) => boolean

/** Everything concerns oneadmin, and whoever may manage the provider that pays what it pays for. */
async function concernsOf({ user, documents }: Asker): Promise<Concerns> {
  if (isAdmin(user)) return () => true
  const managed = (await documents.providers.list()).filter((document) => mayManage(user, document))
  const ids = new Set(managed.map(({ id }) => id))
  return (providers) => providers.some((id) => ids.has(id))
}

function reportJson({ atMs, leaks, watched, unlooked }: LeakReport, concerns: Concerns) {
  const visible = (all: readonly Leak[]) =>
    all.filter(({ providers }) => concerns(providers)).map(leakJson)
  return {
    looked_at: seconds(atMs),
    leaks: visible(leaks),
    /** Suspected, and not for long enough yet. */
    watched: visible(watched),
    not_looked_at: unlooked
      .filter(({ providers }) => concerns(providers))
      .map(({ what, why }) => ({ what, why })),
  }
}

function leakJson({ id, code, kind, name, provision, provisionId, ...rest }: Leak) {
  const { place, evidence, sinceMs, price } = rest
  return {
    ...{ id, code, kind, name, provision_uuid: provision, provision_id: provisionId ?? null },
    ...{ place, evidence, since: seconds(sinceMs), price: price ? priceJson(price) : null },
  }
}

function releaseJson({ id, outcome, sentence }: ReturnType<LeaksPort['releases']>[number]) {
  return { id, outcome, sentence }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
