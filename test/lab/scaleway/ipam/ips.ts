import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { present } from '../engine/store.ts'
import { accessOf, needProject } from '../transport/auth.ts'
import { type BodyReader, readBody } from '../transport/body.ts'
import { invalidArgument, notFound, preconditionFailed } from '../transport/errors.ts'
import { isUuid } from '../transport/locality.ts'
import { listPage, readQuery } from '../transport/query.ts'
import type { PrivateNetwork } from '../vpc/model.ts'
import { left } from '../vpc/occupancy.ts'
import { takeIp } from './allocate.ts'
import type { IpamIp, IpamResource } from './model.ts'

interface InRegion {
  Params: { region: string }
}

export function serveIpam(app: FastifyInstance, sim: Sim): void {
  app.get<InRegion>('/ips', async (request) => {
    const suits = filterOf(request)
    const all = [...sim.store.ipamIps.values()].filter(
      (ip) => ip.region === request.params.region && suits(ip),
    )
    const { items, total_count } = listPage(sim, request, all, { order: 'created_at_desc' })
    return { ips: items.map(present), total_count }
  })

  app.post<InRegion>('/ips', async (request) => {
    const body = readBody(request.body)
    const project = body.needUuid('project_id')
    const source = body.object('source')
    const ipv6 = body.flag('is_ipv6') ?? false
    const address = body.text('address')
    const tags = body.texts('tags') ?? []
    const resource = readResource(body)
    body.end()
    needProject(request, project)
    const ip = takeIp(sim, {
      project,
      network: sourceNetwork(sim, request.params.region, project, source),
      ipv6,
      booked: true,
      resource,
      tags,
      ...(address === undefined ? {} : { address }),
    })
    return present(ip)
  })

  app.get('/ips/:ip_id', async (request) => present(find(sim, request)))

  app.patch('/ips/:ip_id', async (request) => {
    const ip = find(sim, request)
    const body = readBody(request.body)
    const tags = body.texts('tags')
    body.end()
    ip.tags = tags ?? ip.tags
    ip.updated_at = sim.clock.stamp()
    return present(ip)
  })

  app.delete('/ips/:ip_id', async (request, reply) => {
    release(sim, find(sim, request))
    return reply.code(204).send()
  })

  app.post<InRegion>('/ip-sets/release', async (request, reply) => {
    const body = readBody(request.body)
    const ids = body.uuids('ip_ids')
    body.end()
    for (const ip of ids.map((id) => findById(sim, request, id))) release(sim, ip)
    return reply.code(204).send()
  })
}

function filterOf(request: FastifyRequest): (ip: IpamIp) => boolean {
  const query = readQuery(request)
  const network = query.uuid('private_network_id')
  const subnet = query.uuid('subnet_id')
  const vpc = query.uuid('vpc_id')
  const attached = query.flag('attached')
  const ipv6 = query.flag('is_ipv6')
  const mac = query.text('mac_address')?.toUpperCase()
  const name = query.text('resource_name')
  const resourceIds = [...query.texts('resource_ids'), ...query.texts('resource_id')]
  const types = [...query.texts('resource_types'), ...query.texts('resource_type')].filter(
    (type) => type !== 'unknown_type',
  )
  const ids = query.texts('ip_ids')
  return ({ id, resource, hidden, source, is_ipv6 }) =>
    (network === undefined || hidden.network === network) &&
    (subnet === undefined || source.subnet_id === subnet) &&
    (vpc === undefined || hidden.vpc === vpc) &&
    (attached === undefined || (resource !== null) === attached) &&
    (ipv6 === undefined || is_ipv6 === ipv6) &&
    (mac === undefined || resource?.mac_address === mac) &&
    (name === undefined || Boolean(resource?.name?.includes(name))) &&
    (resourceIds.length === 0 || resourceIds.includes(resource?.id ?? '')) &&
    (types.length === 0 || types.includes(resource?.type ?? '')) &&
    (ids.length === 0 || ids.includes(id))
}

function readResource(body: BodyReader): IpamResource | null {
  const raw = body.object('resource')
  if (!raw) return null
  const mac = String(raw['mac_address'] ?? '').toUpperCase()
  if (!/^([0-9A-F]{2}:){5}[0-9A-F]{2}$/.test(mac))
    body.wrong({
      argument_name: 'resource.mac_address',
      reason: 'format',
      help_message: 'value must be a valid MAC address',
    })
  return { type: 'custom', id: '', mac_address: mac, name: (raw['name'] as string) ?? null }
}

function sourceNetwork(
  sim: Sim,
  region: string,
  project: string,
  source: Readonly<Record<string, unknown>> | undefined,
): PrivateNetwork {
  const id = source?.['private_network_id']
  const subnet = source?.['subnet_id']
  const wanted = id ?? subnet
  if (!isUuid(wanted)) throw invalidArgument('source', 'required', 'source is required')
  const network = [...sim.store.privateNetworks.values()].find(
    (candidate) =>
      candidate.region === region &&
      candidate.project_id === project &&
      (candidate.id === id || candidate.subnets.some((other) => other.id === subnet)),
  )
  if (!network) throw notFound(id ? 'private_network' : 'subnet', wanted)
  return network
}

function find(sim: Sim, request: FastifyRequest): IpamIp {
  return findById(sim, request, (request.params as { ip_id: string }).ip_id)
}

function findById(sim: Sim, request: FastifyRequest, id: string): IpamIp {
  const ip = sim.store.ipamIps.get(id)
  const { region } = request.params as InRegion['Params']
  if (!ip || ip.region !== region || !accessOf(request).sees(ip.project_id))
    throw notFound('ip', id)
  return ip
}

function release(sim: Sim, ip: IpamIp): void {
  if (ip.resource && ip.resource.type !== 'custom')
    throw preconditionFailed('resource_still_in_use', 'IP is attached to a resource')
  sim.store.ipamIps.delete(ip.id)
  left(sim, ip.hidden.network)
}
