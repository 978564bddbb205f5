import type { FastifyInstance } from 'fastify'
import type { Sim } from '../engine/sim.ts'
import { present } from '../engine/store.ts'
import { readBody } from '../transport/body.ts'
import { preconditionFailed, untyped } from '../transport/errors.ts'
import { catalogueOptions } from './catalogue.ts'
import { findServer, needDelivered } from './find-server.ts'
import { ids } from './hardware.ts'
import { refuseBody } from './install-request.ts'
import type { Server, ServerOption } from './model.ts'
import { openOption, optionOf } from './order.ts'

const seconds = { enable: 1, disable: 5 }

interface OneOption {
  Params: { option_id: string }
}

export function serveServerOptions(app: FastifyInstance, sim: Sim): void {
  app.post<OneOption>('/servers/:server_id/options/:option_id', async (request) => {
    const server = findServer(sim, request)
    const { option_id } = request.params
    const body = readBody(request.body, refuseBody)
    body.text('expires_at')
    body.end()
    if (!catalogueOptions.some(({ id }) => id === option_id)) throw untyped(404, 'Not Found')
    needDelivered(server)
    if (server.options.some(({ id }) => id === option_id))
      throw untyped(409, 'Option is already enabled on this server')
    const option = optionOf(option_id)
    server.options.push(option)
    openOption(sim, server, option_id)
    enableOption(sim, server, option)
    return present(server)
  })

  app.delete<OneOption>('/servers/:server_id/options/:option_id', async (request) => {
    const server = findServer(sim, request)
    const option = server.options.find(({ id }) => id === request.params.option_id)
    if (!option) throw untyped(404, 'Not Found')
    if (option.id === ids.privateNetwork && hasNics(sim, server))
      throw preconditionFailed('resource_still_in_use', 'Server is still in a Private Network')
    option.status = 'option_status_disabling'
    sim.clock.after(seconds.disable, `disable option of ${server.name}`, () => {
      server.options = server.options.filter((other) => other !== option)
      sim.ledger.close(`${server.id}/${option.id}`)
    })
    return present(server)
  })
}

export function enableOption(sim: Sim, server: Server, option: ServerOption): void {
  sim.clock.after(seconds.enable, `enable option of ${server.name}`, () => {
    if (option.status === 'option_status_enabling') option.status = 'option_status_enable'
  })
}

/** Enabled or on its way, which the real API takes for enough. */
export function hasPrivateNetworkOption({ options }: Server): boolean {
  return options.some(
    ({ id, status }) => id === ids.privateNetwork && status !== 'option_status_disabling',
  )
}

const hasNics = (sim: Sim, { id }: Server) =>
  [...sim.store.attachments.values()].some(({ server_id }) => server_id === id)
