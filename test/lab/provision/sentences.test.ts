import t from 'tap'
import { Fault } from '../../../lib/fault/index.ts'
import { build, createSite, type Site } from './site.ts'

/** The whole sentence with which work ends. */
async function sentence(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return error instanceof Fault ? error.sentence : String(error)
}

const wait = ({ hardware, tell }: Site, id: string) => hardware.waitInstalled(id, 'host-0', tell)

t.test('a failed installation names the server, what the cloud says and what to do', async (t) => {
  const site = await createSite(t)
  const [id = ''] = await build(site, 1)
  const server = site.sim.state.servers.get(id)
  if (server?.install) server.install.status = 'error'
  t.match(
    await sentence(wait(site, id)),
    new RegExp(`host-0 .*server provision_7_host_0 \\(${id}\\).*installation error.*retry`),
  )
})

t.test(
  'a server that is gone, or fails, is named with the answer and its request id',
  async (t) => {
    const site = await createSite(t)
    const [id = ''] = await build(site, 1)
    const server = site.sim.state.servers.get(id)
    if (server) server.status = 'error'
    t.match(
      await sentence(wait(site, id)),
      new RegExp(`is error.*provision_7_host_0 \\(${id}\\).*answer: status error.*retry`),
    )
    site.sim.state.servers.delete(id)
    t.match(
      await sentence(wait(site, id)),
      new RegExp(
        `Server ${id} is gone — answer: 404 Not Found \\[request [0-9a-f-]{36}\\] — .*retry`,
      ),
    )
  },
)

t.test('a gateway that does not come up is named, with how it was seen', async (t) => {
  const site = await createSite(t)
  await build(site, 1)
  const [gateway] = site.sim.state.gateways.values()
  if (gateway) gateway.status = 'failed'
  const ip = await site.hardware.ensureGatewayIp()
  t.match(
    await sentence(site.hardware.ensureGateway('VPC-GW-S', ip.id, site.tell)),
    /gateway [0-9a-f-]{36} is failed — answer: failed at 6 looks in a row — `retry`/,
  )
})
