import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { noteTwins } from '../engine/twins.ts'
import { accessOf, needProject } from '../transport/auth.ts'
import { readBody } from '../transport/body.ts'
import { notFound, preconditionFailed } from '../transport/errors.ts'
import { listPage, readQuery } from '../transport/query.ts'
import type { Vpc } from './model.ts'

interface InRegion {
  Params: { region: string }
}

export function serveVpcs(app: FastifyInstance, sim: Sim): void {
  const { vpcs } = sim.store

  app.get<InRegion>('/vpcs', async (request) => {
    const wanted = readQuery(request).flag('is_default')
    const all = [...vpcs.values()].filter(
      ({ region, is_default }) =>
        region === request.params.region && (wanted === undefined || is_default === wanted),
    )
    const { items, total_count } = listPage(sim, request, all)
    return { vpcs: items.map(counted), total_count }
  })

  app.post<InRegion>('/vpcs', async (request) => {
    const body = readBody(request.body)
    const project = body.needUuid('project_id')
    const name = body.text('name') ?? ''
    const tags = body.texts('tags') ?? []
    body.flag('enable_routing')
    body.end()
    needProject(request, project)
    const now = sim.clock.stamp()
    const vpc: Vpc = {
      id: sim.chance.uuid(),
      name,
      organization_id: sim.config.organizationId,
      project_id: project,
      region: request.params.region,
      tags,
      is_default: false,
      created_at: now,
      updated_at: now,
      // Asked for or not: routing cannot be turned off.
      routing_enabled: true,
      custom_routes_propagation_enabled: false,
    }
    vpcs.set(vpc.id, vpc)
    sim.store.born.set(vpc, sim.clock.now())
    noteTwins(sim, 'vpc', vpc, vpcs.values())
    return counted(vpc)
  })

  app.get('/vpcs/:vpc_id', async (request) => counted(findVpc(sim, request)))

  app.patch('/vpcs/:vpc_id', async (request) => {
    const vpc = findVpc(sim, request)
    const body = readBody(request.body)
    const name = body.text('name')
    const tags = body.texts('tags')
    body.end()
    vpc.name = name ?? vpc.name
    vpc.tags = tags ?? vpc.tags
    vpc.updated_at = sim.clock.stamp()
    return counted(vpc)
  })

  app.delete('/vpcs/:vpc_id', async (request, reply) => {
    const vpc = findVpc(sim, request)
    if (networks(vpc) > 0)
      throw preconditionFailed('resource_still_in_use', 'VPC must be empty to be deleted')
    vpcs.delete(vpc.id)
    return reply.code(204).send()
  })

  for (const switchOn of ['enable-routing', 'enable-custom-routes-propagation'])
    app.post(`/vpcs/:vpc_id/${switchOn}`, async (request) => {
      const vpc = findVpc(sim, request)
      if (switchOn !== 'enable-routing') vpc.custom_routes_propagation_enabled = true
      return counted(vpc)
    })

  const networks = ({ id }: Vpc) =>
    [...sim.store.privateNetworks.values()].filter(({ vpc_id }) => vpc_id === id).length
  const counted = (vpc: Vpc) => ({ ...vpc, private_network_count: networks(vpc) })
}

export function findVpc(sim: Sim, request: FastifyRequest): Vpc {
  const { region, vpc_id } = request.params as { region: string; vpc_id: string }
  const vpc = sim.store.vpcs.get(vpc_id)
  if (!vpc || vpc.region !== region || !accessOf(request).sees(vpc.project_id))
    throw notFound('vpc', vpc_id)
  return vpc
}
