import type { FastifyInstance } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { claimIp, needBooked } from '../ipam/allocate.ts'
import { accessOf } from '../transport/auth.ts'
import { readBody } from '../transport/body.ts'
import { alreadyExists, notFound, transient } from '../transport/errors.ts'
import { regionOf } from '../transport/locality.ts'
import { listPage, readQuery } from '../transport/query.ts'
import type { PrivateNetwork } from '../vpc/model.ts'
import { findGateway, findGatewayNetwork, needStable } from './find.ts'
import type { Gateway, GatewayNetwork } from './model.ts'
import { changeNetwork, joinNetwork, presentNetwork, removeNetwork } from './network-lifecycle.ts'

interface InZone {
  Params: { zone: string }
}

interface Wanted {
  readonly masquerade: boolean
  readonly pushRoute: boolean
  readonly booked: string | undefined
}

export function serveGatewayNetworks(app: FastifyInstance, sim: Sim): void {
  const { gatewayNetworks } = sim.store

  app.get<InZone>('/gateway-networks', async (request) => {
    const query = readQuery(request)
    const status = query.texts('status')
    const gateways = query.texts('gateway_ids')
    const networks = query.texts('private_network_ids')
    const masquerade = query.flag('masquerade_enabled')
    const all = [...gatewayNetworks.values()].filter(
      (network) =>
        network.zone === request.params.zone &&
        accessOf(request).sees(network.hidden.project) &&
        (status.length === 0 || status.includes(network.status)) &&
        (gateways.length === 0 || gateways.includes(network.gateway_id)) &&
        (networks.length === 0 || networks.includes(network.private_network_id)) &&
        (masquerade === undefined || network.masquerade_enabled === masquerade),
    )
    const { items, total_count } = listPage(sim, request, all)
    return { gateway_networks: items.map(presentNetwork), total_count }
  })

  app.post<InZone>('/gateway-networks', async (request) => {
    const body = readBody(request.body)
    const gatewayId = body.needUuid('gateway_id')
    const networkId = body.needUuid('private_network_id')
    const pushRoute = body.flag('push_default_route') ?? false
    const masquerade = (body.flag('enable_masquerade') ?? false) || pushRoute
    const booked = body.uuid('ipam_ip_id')
    body.end()
    const gateway = findGateway(sim, request, gatewayId)
    const network = findNetwork(sim, gateway, networkId)
    needStable(gateway)
    const old = [...gatewayNetworks.values()].find(
      (other) => other.gateway_id === gatewayId && other.private_network_id === networkId,
    )
    if (old) throw alreadyExists('gateway_network', old.id, 'already in this Private Network')
    const created = create(sim, gateway, network, { masquerade, pushRoute, booked })
    joinNetwork(sim, gateway, created)
    return presentNetwork(created)
  })

  app.get('/gateway-networks/:gateway_network_id', async (request) =>
    presentNetwork(findGatewayNetwork(sim, request)),
  )

  app.patch('/gateway-networks/:gateway_network_id', async (request) => {
    const network = findGatewayNetwork(sim, request)
    const gateway = findGateway(sim, request, network.gateway_id)
    needStable(gateway)
    const body = readBody(request.body)
    const pushRoute = body.flag('push_default_route') ?? network.push_default_route
    const masquerade = body.flag('enable_masquerade') ?? network.masquerade_enabled
    body.end()
    network.push_default_route = pushRoute
    network.masquerade_enabled = masquerade || pushRoute
    network.updated_at = sim.clock.stamp()
    changeNetwork(sim, gateway, network)
    return presentNetwork(network)
  })

  app.delete('/gateway-networks/:gateway_network_id', async (request) => {
    const network = findGatewayNetwork(sim, request)
    const gateway = findGateway(sim, request, network.gateway_id)
    if (network.status === 'detaching')
      throw transient('gateway_network', network.id, network.status)
    needStable(gateway)
    removeNetwork(sim, gateway, network)
    return presentNetwork(network)
  })
}

function create(sim: Sim, gateway: Gateway, network: PrivateNetwork, wanted: Wanted) {
  const now = sim.clock.stamp()
  const id = sim.chance.uuid()
  const mac = `02:00:00:${[1, 2, 3].map(() => sim.chance.hex(2)).join(':')}`.toUpperCase()
  const booked = wanted.booked === undefined ? [] : [wanted.booked]
  needBooked(sim, network, booked)
  const resource = {
    type: 'vpc_gateway_network',
    id,
    name: gateway.name,
    mac_address: mac,
  } as const
  const created: GatewayNetwork = {
    id,
    created_at: now,
    updated_at: now,
    gateway_id: gateway.id,
    private_network_id: network.id,
    masquerade_enabled: wanted.masquerade,
    push_default_route: wanted.pushRoute,
    status: 'created',
    ipam_ip_id: claimIp(sim, network, resource, booked)[0]?.id ?? '',
    zone: gateway.zone,
    hidden: { mac, project: gateway.project_id, told: null },
  }
  sim.store.gatewayNetworks.set(id, created)
  sim.store.born.set(created, sim.clock.now())
  return created
}

function findNetwork(sim: Sim, gateway: Gateway, id: string): PrivateNetwork {
  const network = sim.store.privateNetworks.get(id)
  if (network?.region !== regionOf(gateway.zone) || network.project_id !== gateway.project_id)
    throw notFound('private_network', id)
  return network
}
