import type { FastifyInstance } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { present } from '../engine/store.ts'
import { needBooked } from '../ipam/allocate.ts'
import { readBody } from '../transport/body.ts'
import {
  type ApiError,
  alreadyExists,
  invalidArgument,
  notFound,
  preconditionFailed,
  transient,
  untyped,
} from '../transport/errors.ts'
import { isUuid, regionOf } from '../transport/locality.ts'
import { listPage, readQuery } from '../transport/query.ts'
import type { PrivateNetwork } from '../vpc/model.ts'
import { attachNic, detachNic } from './attachments.ts'
import { findServer, needDelivered } from './find-server.ts'
import type { Attachment, Server } from './model.ts'
import { hasPrivateNetworkOption } from './options.ts'

const networksPerServer = 8
const resourcesPerNetwork = 512

export function servePrivateNetworks(app: FastifyInstance, sim: Sim): void {
  app.get<{ Params: { zone: string } }>('/server-private-networks', async (request) => {
    const query = readQuery(request)
    const server = query.uuid('server_id')
    const network = query.uuid('private_network_id')
    const ips = query.texts('ipam_ip_ids')
    const all = [...sim.store.attachments.values()].filter(
      (attachment) =>
        attachment.hidden.zone === request.params.zone &&
        (server === undefined || attachment.server_id === server) &&
        (network === undefined || attachment.private_network_id === network) &&
        (ips.length === 0 || attachment.ipam_ip_ids.some((id) => ips.includes(id))),
    )
    const { items, total_count } = listPage(sim, request, all)
    return { server_private_networks: items.map(present), total_count }
  })

  app.post('/servers/:server_id/private-networks', async (request) => {
    const server = findServer(sim, request)
    const body = readBody(request.body)
    const networkId = body.needUuid('private_network_id')
    const booked = body.uuids('ipam_ip_ids')
    body.end()
    const old = attachmentsOf(sim, server).find((a) => a.private_network_id === networkId)
    if (old) throw alreadyExists('server_private_network', old.id, 'already in this network')
    const network = admit(sim, server, networkId, booked, attachmentsOf(sim, server).length + 1)
    return present(attachNic(sim, server, network, booked))
  })

  app.put('/servers/:server_id/private-networks', async (request) => {
    const server = findServer(sim, request)
    const wanted = readWanted(request.body)
    const current = attachmentsOf(sim, server)
    // All is checked before anything changes: the call is one.
    const fresh = [...wanted]
      .filter(([id]) => !current.some((a) => a.private_network_id === id))
      .map(([id, booked]) => ({ booked, network: admit(sim, server, id, booked, wanted.size) }))
    for (const { id, private_network_id, status } of current)
      if (wanted.has(private_network_id) && status === 'detaching')
        throw transient('server_private_network', id, status)
    for (const attachment of current)
      if (!wanted.has(attachment.private_network_id)) void detachNic(sim, attachment)
    for (const { network, booked } of fresh) attachNic(sim, server, network, booked)
    return { server_private_networks: attachmentsOf(sim, server).map(present) }
  })

  app.delete<{ Params: { private_network_id: string } }>(
    '/servers/:server_id/private-networks/:private_network_id',
    async (request, reply) => {
      const server = findServer(sim, request)
      const { private_network_id } = request.params
      const found = attachmentsOf(sim, server).find(
        (attachment) => attachment.private_network_id === private_network_id,
      )
      if (!found) throw notFound('server_private_network', private_network_id)
      void detachNic(sim, found)
      return reply.code(204).send()
    },
  )
}

function admit(
  sim: Sim,
  server: Server,
  networkId: string,
  booked: readonly string[],
  total: number,
): PrivateNetwork {
  const network = sim.store.privateNetworks.get(networkId)
  if (!network || network.region !== regionOf(server.zone))
    throw notFound('private_network', networkId)
  if (network.project_id !== server.project_id) throw notFound('private_network', networkId)
  needDelivered(server)
  if (server.status !== 'ready') throw untyped(409, `Server is ${server.status}`)
  if (!hasPrivateNetworkOption(server)) throw optionMissing(sim)
  if (total > networksPerServer)
    throw preconditionFailed('unknown_precondition', 'too many Private Networks on this server')
  const members = [...sim.store.attachments.values()].filter(
    ({ private_network_id }) => private_network_id === networkId,
  )
  if (members.length >= resourcesPerNetwork)
    throw preconditionFailed('unknown_precondition', 'too many resources in this Private Network')
  needBooked(sim, network, booked)
  return network
}

function optionMissing(sim: Sim): ApiError {
  const text = 'Private Network option is not enabled on this server'
  return sim.config.switches.pnOptionError === 412
    ? preconditionFailed('unknown_precondition', text)
    : untyped(400, text)
}

function readWanted(raw: unknown): Map<string, string[]> {
  const body = readBody(raw)
  const map = body.object('per_private_network_ipam_ip_ids')
  body.end()
  const name = 'per_private_network_ipam_ip_ids'
  if (!map) throw invalidArgument(name, 'required', `${name} is required`)
  return new Map(
    Object.entries(map).map(([network, ips]) => {
      if (!isUuid(network) || !Array.isArray(ips) || !ips.every(isUuid))
        throw invalidArgument(name, 'format', 'keys and values must be valid UUIDs')
      return [network, ips]
    }),
  )
}

function attachmentsOf(sim: Sim, { id }: Server): Attachment[] {
  return [...sim.store.attachments.values()].filter(({ server_id }) => server_id === id)
}
