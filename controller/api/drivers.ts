import type { FastifyInstance } from 'fastify'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { DriverState } from '../documents/index.ts'
import { fault } from './faults.ts'
import { mustAdminister } from './login.ts'
import type { DriverDescription, DriverPort } from './ports.ts'
import { flagOf } from './request.ts'
import { mergeDrivers, mergeSync } from './stock/index.ts'

export interface DriverOptions {
  readonly driver: DriverDescription
  readonly drivers: DriverPort
}

interface ByName {
  Params: { name: string }
}

/** /drivers: this controller serves one, which an administrator may switch off; the stock server has the others. */
export function driverRoutes(app: FastifyInstance, { driver, drivers }: DriverOptions): void {
  const shown = async () => ({ ...driver, state: await drivers.state(nameOf(driver)) })
  app.get('/drivers', { config: { merge: mergeDrivers } }, async ({ query }) => {
    const all = [await shown()]
    return flagOf(query, 'enabled') ? all.filter(({ state }) => state === 'ENABLED') : all
  })
  app.get<ByName>('/drivers/:name', async ({ params }) => {
    mustBeServed(params.name, driver)
    return shown()
  })
  // The driver is part of this program: what can be amiss are the files that OpenNebula loads.
  app.post('/drivers/sync', { config: { merge: mergeSync } }, async ({ asker }) => {
    mustAdminister(asker, 'change drivers')
    const name = nameOf(driver)
    const why = await drivers.verify().then(() => undefined, sentenceOf)
    return why === undefined
      ? { success: [name], failed: [] }
      : { success: [], failed: [{ name, error: why }] }
  })
  const verbs: readonly [string, DriverState][] = [
    ['enable', 'ENABLED'],
    ['disable', 'DISABLED'],
  ]
  for (const [verb, state] of verbs) {
    app.post<ByName>(`/drivers/:name/${verb}`, async ({ asker, params }, reply) => {
      mustAdminister(asker, 'change drivers')
      mustBeServed(params.name, driver)
      await drivers.set(params.name, state)
      return reply.type('application/json').send('')
    })
  }
}

/** Drivers are called by their lower-case name, as OneForm calls them by their directory's. */
export function mustBeServed(name: string, driver: DriverDescription): void {
  if (name === nameOf(driver)) return
  throw fault('EDGE_DRIVER_UNKNOWN', `Error getting ${name} OneForm driver`)
}

/** Of a request's body, where any case is taken. What exists goes on with a disabled driver; nothing new comes. */
export async function mustTakeNew(
  what: 'Provider' | 'Provision',
  name: string,
  options: DriverOptions,
): Promise<void> {
  mustBeServed(name.toLowerCase(), options.driver)
  if (await takesNew(options)) return
  const message = `${what} creation is not allowed from a disabled driver`
  throw fault('EDGE_DRIVER_DISABLED', message)
}

export async function takesNew({ driver, drivers }: DriverOptions): Promise<boolean> {
  return (await drivers.state(nameOf(driver))) === 'ENABLED'
}

function nameOf({ name }: DriverDescription): string {
  return name.toLowerCase()
}
