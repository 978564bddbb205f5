import type { FastifyInstance } from 'fastify'
import { fault } from './faults.ts'
import type { DriverDescription } from './ports.ts'
import { mergeDrivers } from './stock/index.ts'

/** GET /drivers and /drivers/:name: this controller serves one driver, the stock server has the others. */
export function driverRoutes(
  app: FastifyInstance,
  { driver }: { readonly driver: DriverDescription },
): void {
  app.get('/drivers', { config: { merge: mergeDrivers } }, () => [driver])
  app.get<{ Params: { name: string } }>('/drivers/:name', ({ params }) => {
    mustBeServed(params.name, driver)
    return driver
  })
}

/** Drivers are called by their lower-case name, as OneForm calls them by their directory's. */
export function mustBeServed(name: string, driver: DriverDescription): void {
  if (name === driver.name.toLowerCase()) return
  throw fault('EDGE_DRIVER_UNKNOWN', `Error getting ${name} OneForm driver`)
}
