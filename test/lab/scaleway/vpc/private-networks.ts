import type { FastifyInstance, FastifyRequest } from 'fastify'
import { needQuota } from '../engine/quota.ts'
import type { Sim } from '../engine/sim.ts'
import { present } from '../engine/store.ts'
import { noteTwins } from '../engine/twins.ts'
import { accessOf, needProject } from '../transport/auth.ts'
import { readBody } from '../transport/body.ts'
import { invalidArgument, notFound, preconditionFailed } from '../transport/errors.ts'
import { listPage, readQuery } from '../transport/query.ts'
import type { PrivateNetwork, Subnet, Vpc } from './model.ts'
import { isOccupied } from './occupancy.ts'
import { chooseSubnets, uniqueLocal } from './subnets.ts'

interface InRegion {
  Params: { region: string }
}

export function serveVpcNetworks(app: FastifyInstance, sim: Sim): void {
  const { privateNetworks } = sim.store

  app.get<InRegion>('/private-networks', async (request) => {
    const query = readQuery(request)
    const vpc = query.uuid('vpc_id')
    const ids = query.texts('private_network_ids')
    const all = [...privateNetworks.values()].filter(
      (network) =>
        network.region === request.params.region &&
        (vpc === undefined || network.vpc_id === vpc) &&
        (ids.length === 0 || ids.includes(network.id)),
    )
    const { items, total_count } = listPage(sim, request, all)
    return { private_networks: items.map(present), total_count }
  })

  app.post<InRegion>('/private-networks', async (request) => {
    const body = readBody(request.body)
    const project = body.needUuid('project_id')
    const name = body.text('name') ?? ''
    const tags = body.texts('tags') ?? []
    const subnets = body.texts('subnets') ?? []
    const vpcId = body.uuid('vpc_id')
    const propagate = body.flag('default_route_propagation_enabled') ?? false
    body.end()
    needProject(request, project)
    const vpc = vpcFor(sim, request.params.region, project, vpcId)
    needQuota(sim, 'vpc_private_networks', privateNetworks.size)
    const network = createNetwork(sim, vpc, { project, name, tags, subnets, propagate })
    noteTwins(sim, 'private-network', network, privateNetworks.values())
    return present(network)
  })

  app.get('/private-networks/:private_network_id', async (request) => present(find(sim, request)))

  app.patch('/private-networks/:private_network_id', async (request) => {
    const network = find(sim, request)
    const body = readBody(request.body)
    const name = body.text('name')
    const tags = body.texts('tags')
    const propagate = body.flag('default_route_propagation_enabled')
    body.end()
    network.name = name ?? network.name
    network.tags = tags ?? network.tags
    network.default_route_propagation_enabled =
      propagate ?? network.default_route_propagation_enabled
    network.updated_at = sim.clock.stamp()
    return present(network)
  })

  app.delete('/private-networks/:private_network_id', async (request, reply) => {
    const network = find(sim, request)
    const text = 'Private Network must be empty to be deleted'
    if (isOccupied(sim, network)) throw preconditionFailed('resource_still_in_use', text)
    privateNetworks.delete(network.id)
    return reply.code(204).send()
  })
}

interface NewNetwork {
  readonly project: string
  readonly name: string
  readonly tags: readonly string[]
  readonly subnets: readonly string[]
  readonly propagate: boolean
}

function createNetwork(sim: Sim, vpc: Vpc, wanted: NewNetwork): PrivateNetwork {
  const now = sim.clock.stamp()
  const id = sim.chance.uuid()
  const prefixes = [...chooseSubnets(sim, vpc.id, wanted.subnets), uniqueLocal(sim)]
  const subnets: Subnet[] = prefixes.map((subnet) => ({
    id: sim.chance.uuid(),
    created_at: now,
    updated_at: now,
    subnet,
    project_id: wanted.project,
    private_network_id: id,
    vpc_id: vpc.id,
  }))
  const network: PrivateNetwork = {
    id,
    name: wanted.name,
    organization_id: sim.config.organizationId,
    project_id: wanted.project,
    region: vpc.region,
    tags: wanted.tags,
    created_at: now,
    updated_at: now,
    subnets,
    vpc_id: vpc.id,
    dhcp_enabled: true,
    default_route_propagation_enabled: wanted.propagate,
    hidden: { leftMs: null },
  }
  sim.store.privateNetworks.set(id, network)
  sim.store.born.set(network, sim.clock.now())
  return network
}

function vpcFor(sim: Sim, region: string, project: string, id: string | undefined): Vpc {
  const own = [...sim.store.vpcs.values()].filter(
    (vpc) => vpc.region === region && vpc.project_id === project,
  )
  // Projects made after May 2025 have no default VPC.
  const vpc = own.find((candidate) => (id ? candidate.id === id : candidate.is_default))
  if (vpc) return vpc
  if (id) throw notFound('vpc', id)
  throw invalidArgument('vpc_id', 'required', 'the project has no default VPC')
}

function find(sim: Sim, request: FastifyRequest): PrivateNetwork {
  const params = request.params as { region: string; private_network_id: string }
  const network = sim.store.privateNetworks.get(params.private_network_id)
  const visible = network && accessOf(request).sees(network.project_id)
  if (!visible || network.region !== params.region)
    throw notFound('private_network', params.private_network_id)
  return network
}
