import type { FastifyInstance } from 'fastify'
import type { FleetHealth } from '../fleet/index.ts'
import type { FleetPort } from './ports.ts'
import { type ById, idOf } from './request.ts'

/** How the hosts of a provision are, as their agents say; this route is ours alone. */
export function fleetRoute(app: FastifyInstance, fleet: FleetPort): void {
  app.get<ById>(
    '/provisions/:id/fleet',
    { config: { oursAlone: true } },
    async ({ asker, params }) => {
      const { id } = await asker.documents.provisions.get(idOf(params))
      return fleetJson(fleet(id))
    },
  )
}

function fleetJson({ hosts, refusals }: FleetHealth) {
  return {
    hosts: hosts.map(({ hostId, lastSeen, ...host }) => ({
      host_id: hostId,
      ...host,
      /** Seconds since 1970. */
      last_seen: lastSeen === null ? null : Math.floor(lastSeen / 1000),
    })),
    refusals,
  }
}
