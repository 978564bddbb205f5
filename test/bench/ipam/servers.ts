import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDriverApi } from '../../../controller/driver-api/index.ts'
import type { Elastic } from '../../../controller/fleet/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { fakeFlexibleIps } from '../../lab/ipam/fake-flexible-ips.ts'

/** What the drivers of either way ask, answering at once: the cloud's own time is nobody's merit. */
export interface Servers {
  /** OneForm and Scaleway for the incumbent's way. */
  readonly url: string
  close(): Promise<void>
}

const document = {
  DOCUMENT: {
    TEMPLATE: {
      PROVISION_BODY: { provider_id: '1', driver: 'scaleway' },
      PROVIDER_BODY: { driver: 'scaleway', connection: { zone: 'fr-par-2', secret_key: 's' } },
    },
  },
}
const address = { id: '00000000-0000-4000-8000-000000000001', ip_address: '195.154.0.1' }

/** The controller's own door for drivers at this socket, over flexible IPs that take no time. */
export async function openServers(socket: string): Promise<Servers> {
  const elastic: Elastic = { assign: async () => 'attached', unassign: async () => 'released' }
  const { flexibleIps } = fakeFlexibleIps()
  const api = createDriverApi({ flexibleIps, elastic, logger: silent })
  await api.listen(socket)
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const body = JSON.stringify(request.method === 'POST' ? address : document)
      response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close()
      await api.close()
    },
  }
}
