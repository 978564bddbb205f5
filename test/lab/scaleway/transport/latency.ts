import type { FastifyRequest } from 'fastify'
import type { Chance } from '../engine/chance.ts'

/** Simulated milliseconds of a server order, which its handler spends itself. */
export const serverOrderMs = 550

const slow: readonly [method: string, path: RegExp, ms: number][] = [
  ['POST', /^\/baremetal\/v1\/zones\/[^/]+\/servers$/, 0],
  ['POST', /\/vpc\/v2\/regions\/[^/]+\/private-networks$/, 650],
  ['DELETE', /\/vpc\/v2\/regions\/[^/]+\/private-networks\//, 1500],
  ['POST', /\/gateways$/, 700],
  ['PUT', /\/servers\/[^/]+\/private-networks$/, 600],
]

/** How long the real API takes for such a request, in simulated milliseconds. */
export function latencyMs({ method, url }: FastifyRequest, chance: Chance): number {
  const path = url.split('?')[0] ?? url
  if (path.startsWith('/_sim/')) return 0
  const known = slow.find(([verb, form]) => verb === method && form.test(path))
  if (known) return known[2]
  return method === 'GET' ? chance.integer(30, 120) : chance.integer(100, 400)
}
