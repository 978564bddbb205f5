import type { FastifyInstance } from 'fastify'
import { needQuota } from '../engine/quota.ts'
import type { Sim } from '../engine/sim.ts'
import { noteTwins } from '../engine/twins.ts'
import { needProject } from '../transport/auth.ts'
import { type BodyReader, readBody } from '../transport/body.ts'
import {
  alreadyExists,
  invalidArgument,
  preconditionFailed,
  transient,
} from '../transport/errors.ts'
import { listPage, readQuery } from '../transport/query.ts'
import { findGateway, findGatewayIp, needStable } from './find.ts'
import { createGatewayIp, forgetGatewayIp } from './ips.ts'
import { bringUp, reconfigure } from './lifecycle.ts'
import type { Gateway, GatewayIp } from './model.ts'
import { presentNetwork, removeNetwork } from './network-lifecycle.ts'
import { gatewayTypes } from './types.ts'

interface InZone {
  Params: { zone: string }
}

export function serveGateways(app: FastifyInstance, sim: Sim): void {
  const { gateways, gatewayIps } = sim.store

  app.get<InZone>('/gateway-types', async ({ params: { zone } }) => ({
    types: gatewayTypes.map(({ name, bandwidth }) => ({ name, bandwidth, zone })),
  }))

  app.get<InZone>('/gateways', async (request) => {
    const query = readQuery(request)
    const status = query.texts('status')
    const types = query.texts('types')
    const networks = query.texts('private_network_ids')
    const all = [...gateways.values()].filter(
      (gateway) =>
        gateway.zone === request.params.zone &&
        (status.length === 0 || status.includes(gateway.status)) &&
        (types.length === 0 || types.includes(gateway.type)) &&
        (networks.length === 0 ||
          networksOf(sim, gateway).some((n) => networks.includes(n.private_network_id))),
    )
    const { items, total_count } = listPage(sim, request, all)
    return { gateways: items.map((gateway) => show(sim, gateway)), total_count }
  })

  app.post<InZone>('/gateways', async (request) => {
    const { zone } = request.params
    const body = readBody(request.body)
    const project = body.needUuid('project_id')
    const name = body.text('name') ?? ''
    const tags = body.texts('tags') ?? []
    const type = body.needText('type')
    const ipId = body.uuid('ip_id')
    const settings = readSettings(body)
    body.end()
    needProject(request, project)
    const kind = gatewayTypes.find((candidate) => candidate.name === type)
    if (!kind) throw invalidArgument('type', 'constraint', 'unknown gateway type')
    const chosen = ipId ? findGatewayIp(sim, request, ipId) : undefined
    if (chosen) needFreeIp(chosen, project)
    needQuota(sim, 'vpc_gateways', gateways.size)
    const ip = chosen ?? createGatewayIp(sim, zone, project, [])
    const now = sim.clock.stamp()
    const gateway: Gateway = {
      id: sim.chance.uuid(),
      organization_id: sim.config.organizationId,
      project_id: project,
      created_at: now,
      updated_at: now,
      type,
      bandwidth: kind.bandwidth,
      status: 'allocating',
      name,
      tags,
      can_upgrade_to: kind.next,
      bastion_enabled: settings.bastion ?? false,
      bastion_port: settings.port ?? 61000,
      smtp_enabled: settings.smtp ?? false,
      is_legacy: false,
      bastion_allowed_ips: ['0.0.0.0/0'],
      zone,
      hidden: { ip: ip.id, busy: 0 },
    }
    gateways.set(gateway.id, gateway)
    sim.store.born.set(gateway, sim.clock.now())
    ip.gateway_id = gateway.id
    sim.ledger.open({ id: gateway.id, kind: 'gateway', name, project, hourly: kind.hourly })
    noteTwins(sim, 'gateway', gateway, gateways.values())
    bringUp(sim, gateway)
    return show(sim, gateway)
  })

  app.get('/gateways/:gateway_id', async (request) => show(sim, findGateway(sim, request)))

  app.patch('/gateways/:gateway_id', async (request) => {
    const gateway = findGateway(sim, request)
    needStable(gateway)
    const body = readBody(request.body)
    const name = body.text('name')
    const tags = body.texts('tags')
    const settings = readSettings(body)
    body.end()
    gateway.name = name ?? gateway.name
    gateway.tags = tags ?? gateway.tags
    gateway.bastion_enabled = settings.bastion ?? gateway.bastion_enabled
    gateway.bastion_port = settings.port ?? gateway.bastion_port
    gateway.smtp_enabled = settings.smtp ?? gateway.smtp_enabled
    gateway.updated_at = sim.clock.stamp()
    return staleThen(sim, gateway)
  })

  app.post('/gateways/:gateway_id/refresh-ssh-keys', async (request) => {
    const gateway = findGateway(sim, request)
    needStable(gateway)
    return staleThen(sim, gateway)
  })

  app.delete('/gateways/:gateway_id', async (request) => {
    const gateway = findGateway(sim, request)
    const deleteIp = readQuery(request).flag('delete_ip') ?? false
    if (gateway.status !== 'running' && gateway.status !== 'failed')
      throw transient('gateway', gateway.id, gateway.status)
    const networks = networksOf(sim, gateway)
    if (networks.length > 0 && sim.config.switches.gatewayDeleteWithNetworks === '412')
      throw preconditionFailed('resource_still_in_use', 'Gateway is attached to Private Networks')
    for (const network of networks) void removeNetwork(sim, gateway, network)
    gateway.status = 'deleting'
    const last = show(sim, gateway)
    gateways.delete(gateway.id)
    sim.ledger.close(gateway.id)
    const ip = gatewayIps.get(gateway.hidden.ip)
    if (ip) ip.gateway_id = null
    // Without `delete_ip` the address stays, and keeps costing.
    if (deleteIp) forgetGatewayIp(sim, gateway.hidden.ip)
    return last
  })
}

/** The reply still shows the old status; the next look shows `configuring`. */
function staleThen(sim: Sim, gateway: Gateway): object {
  const stale = show(sim, gateway)
  reconfigure(sim, gateway)
  return stale
}

function show(sim: Sim, { hidden, ...wire }: Gateway): object {
  return {
    ...wire,
    ipv4: { ...sim.store.gatewayIps.get(hidden.ip) },
    gateway_networks: networksOf(sim, wire).map(presentNetwork),
  }
}

const networksOf = (sim: Sim, { id }: { id: string }) =>
  [...sim.store.gatewayNetworks.values()].filter(({ gateway_id }) => gateway_id === id)

function readSettings(body: BodyReader) {
  const port = body.integer('bastion_port')
  if (port !== undefined && port !== 61000 && (port < 1024 || port > 59999))
    body.wrong({
      argument_name: 'bastion_port',
      reason: 'constraint',
      help_message: 'value must be 61000 or between 1024 and 59999',
    })
  return { port, bastion: body.flag('enable_bastion'), smtp: body.flag('enable_smtp') }
}

function needFreeIp(ip: GatewayIp, project: string): void {
  if (ip.project_id !== project)
    throw invalidArgument('ip_id', 'constraint', 'IP belongs to another project')
  if (ip.gateway_id !== null) throw alreadyExists('ip', ip.id, 'IP is attached to another gateway')
}
