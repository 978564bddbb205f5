import type { FastifyInstance } from 'fastify'
import { invalidArgument, untyped } from './errors.ts'

export const metalZones = [
  'fr-par-1',
  'fr-par-2',
  'nl-ams-1',
  'nl-ams-2',
  'pl-waw-2',
  'pl-waw-3',
] as const

export const gatewayZones = [
  'fr-par-1',
  'fr-par-2',
  'nl-ams-1',
  'nl-ams-2',
  'nl-ams-3',
  'pl-waw-1',
  'pl-waw-2',
  'pl-waw-3',
] as const

export const regions = ['fr-par', 'nl-ams', 'pl-waw'] as const

export const regionOf = (zone: string): string => zone.split('-').slice(0, 2).join('-')

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && uuidForm.test(value)

/** Refuses places where the product does not exist, and ids in the path that are no UUIDs. */
export function guardPaths(app: FastifyInstance, places: readonly string[]): void {
  app.addHook('preHandler', async ({ params }) => {
    const { zone, region, ...ids } = params as Record<string, string>
    const place = zone ?? region
    if (place !== undefined && !places.includes(place)) throw untyped(404, 'Not Found')
    for (const [name, id] of Object.entries(ids))
      if (name.endsWith('_id') && !isUuid(id))
        throw invalidArgument(name, 'format', 'value must be a valid UUID')
  })
}
