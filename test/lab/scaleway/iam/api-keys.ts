import type { FastifyInstance } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { invalidArgument, notFound } from '../transport/errors.ts'
import { listPage, readQuery } from '../transport/query.ts'

/** Credentials and limits, as far as a client looks at them before it orders anything. */
export function serveApiKeys(app: FastifyInstance, sim: Sim): void {
  app.get<{ Params: { access_key: string } }>('/api-keys/:access_key', async ({ params }) => {
    const key = sim.store.keys.get(params.access_key)
    if (!key) throw notFound('api_key', params.access_key)
    const { access_key, default_project_id, expires_at, created_at } = key
    return {
      access_key,
      secret_key: null,
      application_id: null,
      user_id: null,
      description: '',
      created_at,
      updated_at: created_at,
      expires_at,
      default_project_id,
      editable: true,
      deletable: true,
      managed: false,
      creation_ip: '203.0.113.10',
    }
  })

  app.get('/quota', async (request) => {
    const query = readQuery(request)
    needOrganization(sim, query.uuid('organization_id'))
    const wanted = query.texts('quotum_names')
    const all = [...sim.store.quotas]
      .filter(([name]) => wanted.length === 0 || wanted.includes(name))
      .map(([name, limit]) => ({ id: name, ...quotum(name, limit) }))
    const { items, total_count } = listPage(sim, request, all)
    return { quota: items.map(({ id: _, ...wire }) => wire), total_count }
  })

  app.get<{ Params: { name: string } }>('/quota/:name', async (request) => {
    needOrganization(sim, readQuery(request).uuid('organization_id'))
    const { name } = request.params
    const limit = sim.store.quotas.get(name)
    if (limit === undefined) throw notFound('quotum', name)
    return quotum(name, limit)
  })
}

function needOrganization(sim: Sim, id: string | undefined): void {
  if (id === undefined)
    throw invalidArgument('organization_id', 'required', 'organization_id is required')
  if (id !== sim.config.organizationId) throw notFound('organization', id)
}

function quotum(name: string, limit: number) {
  return {
    name,
    pretty_name: name.replaceAll('_', ' '),
    unit: '',
    description: '',
    limit,
    unlimited: false,
    locality_type: 'global',
    limits: [{ global: true, limit, unlimited: false }],
  }
}
