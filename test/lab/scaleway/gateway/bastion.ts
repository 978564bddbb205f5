import type { FastifyInstance } from 'fastify'
import { parseCidr } from '../../../../lib/net/index.ts'
import type { Sim } from '../engine/sim.ts'
import { readBody } from '../transport/body.ts'
import { invalidArgument, notFound } from '../transport/errors.ts'
import { findGateway, needStable } from './find.ts'
import { reconfigure } from './lifecycle.ts'
import type { Gateway } from './model.ts'

const path = '/gateways/:gateway_id/bastion-allowed-ips'

/** Who may reach the SSH bastion: added to, replaced, or taken from. */
export function serveBastion(app: FastifyInstance, sim: Sim): void {
  const change = (gateway: Gateway, ranges: readonly string[]) => {
    gateway.bastion_allowed_ips = [...new Set(ranges)]
    gateway.updated_at = sim.clock.stamp()
    reconfigure(sim, gateway)
    return { ip_ranges: gateway.bastion_allowed_ips }
  }

  app.put(path, async (request) => {
    const gateway = findGateway(sim, request)
    needStable(gateway)
    const body = readBody(request.body)
    const ranges = body.texts('ip_ranges') ?? []
    body.end()
    return change(gateway, ranges.map(needRange))
  })

  app.post(path, async (request) => {
    const gateway = findGateway(sim, request)
    needStable(gateway)
    const body = readBody(request.body)
    const range = body.needText('ip_range')
    body.end()
    return change(gateway, [...gateway.bastion_allowed_ips, needRange(range)])
  })

  app.delete<{ Params: { ip_range: string } }>(`${path}/:ip_range`, async (request, reply) => {
    const gateway = findGateway(sim, request)
    needStable(gateway)
    const { ip_range } = request.params
    if (!gateway.bastion_allowed_ips.includes(ip_range)) throw notFound('ip_range', ip_range)
    change(
      gateway,
      gateway.bastion_allowed_ips.filter((range) => range !== ip_range),
    )
    return reply.code(204).send()
  })
}

function needRange(text: string): string {
  try {
    parseCidr(text)
    return text
  } catch {
    throw invalidArgument('ip_ranges', 'format', `${text} is not an IPv4 range`)
  }
}
