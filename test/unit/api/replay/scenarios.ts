import { providerRequest, type Stage } from './stage.ts'
import type { Answer } from './world.ts'

type Scenario = (stage: Stage) => Promise<Answer>

const simple =
  (request: string, body?: unknown): Scenario =>
  ({ api }) =>
    api(request, body)

/** A request to a provider of the recorded name. */
const ofProvider =
  (method: string, path = '', body?: unknown): Scenario =>
  async ({ api, provider }) =>
    api(`${method} /providers/${await provider()}${path}`, body)

/** A request to a provision that runs, after something happened to it. */
const ofProvision =
  (
    method: string,
    path = '',
    body?: unknown,
    before: (stage: Stage, id: number) => unknown = () => {},
  ): Scenario =>
  async (stage) => {
    const id = await stage.running()
    await before(stage, id)
    return stage.api(`${method} /provisions/${id}${path}`, body)
  }

const disabled =
  (request: string, body?: unknown): Scenario =>
  async ({ api }) => {
    await api('POST /drivers/scaleway/disable', {})
    return api(request, body)
  }

const failed = (stage: Stage, id: number) => stage.inState(id, 'APPLYING_FAILURE')
const busyHost = ({ vmOnHost }: Stage) => vmOnHost()
const busyAddress = ({ vmWithAddress }: Stage) => vmWithAddress()

const invalidProvider = {
  driver: 'scaleway',
  connection_values: { access_key: 'SCWXXXXXXXXXXXXXXXXX', region: 'xx' },
}

/** What was recorded from stock OneForm, each as it came about. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  badauth: ({ call }) => call('GET /api/v1/drivers', undefined, 'oneadmin:wrong'),
  noauth: ({ call }) => call('GET /api/v1/drivers', undefined, null),
  root: simple('GET /'),
  'root-slashless': simple('GET '),

  drivers: simple('GET /drivers'),
  'drivers-enabled': simple('GET /drivers?enabled=true'),
  'drivers-sync': simple('POST /drivers/sync', {}),
  'driver-scaleway': simple('GET /drivers/scaleway'),
  'driver-missing': simple('GET /drivers/nosuch'),
  'driver-disable': simple('POST /drivers/scaleway/disable', {}),
  'driver-disable-again': disabled('POST /drivers/scaleway/disable', {}),
  'driver-enable': disabled('POST /drivers/scaleway/enable', {}),

  providers: async ({ api, provider }) => {
    await provider()
    return api('GET /providers')
  },
  'provider-404': simple('GET /providers/9999'),
  'provider-show': ofProvider('GET'),
  'provider-show-sensitive': ofProvider('GET', '?include_sensitive=true'),
  'provider-path': ofProvider('GET', '/path'),
  'provider-patch': ofProvider('PATCH', '', { description: 'newdesc' }),
  'provider-chmod': ofProvider('POST', '/chmod', { octet: '640' }),
  'provider-create-badjson': simple('POST /providers', '{"driver":'),
  'provider-create-nobody': simple('POST /providers'),
  'provider-create-nodriver': simple('POST /providers', {}),
  'provider-create-invalid': simple('POST /providers', invalidProvider),
  'provider-create-disabled': disabled('POST /providers', providerRequest),
  'provider-create-dup': async ({ api, provider }) => {
    await provider()
    return api('POST /providers', providerRequest)
  },
  'provider-delete-inuse': async ({ api, running }) => {
    const id = await running()
    return api(`DELETE /providers/${id - 1}`)
  },

  'provision-404': simple('GET /provisions/9999'),
  'provision-show': ofProvision('GET'),
  'provision-done': ofProvision('GET', '', undefined, (stage, id) => stage.undeployed(id)),
  'provision-patch': ofProvision('PATCH', '', { name: 'renamed' }, withoutOneHost),
  'provision-of-provider-type': async ({ api, provider }) =>
    api(`GET /provisions/${await provider()}`),
  logs: ofProvision('GET', '/logs?page=1&per_page=3'),
  'logs-poll': ofProvision('GET', '/logs/poll?pos=0'),
  'logs-poll-nopos': ofProvision('GET', '/logs/poll?pos'),

  'delete-running': ofProvision('DELETE'),
  'delete-done': ofProvision('DELETE', '', undefined, (stage, id) => stage.undeployed(id)),
  'recover-bad': ofProvision('POST', '/recover', { recover_state: 'RUNNING' }),
  'retry-running': ofProvision('POST', '/retry', { force: false }),
  'retry-force': ofProvision('POST', '/retry', { force: 'yes' }, failed),

  'scale-bad-direction': ofProvision('POST', '/scale', { direction: 'sideways', nodes: 1 }),
  'scale-nodes-missing': ofProvision('POST', '/scale', { direction: 'up' }),
  'scale-in-failure': ofProvision('POST', '/scale', { direction: 'up', nodes: 1 }, failed),
  'scale-badhost': ofProvision('POST', '/scale', { direction: 'down', nodes: ['9999'] }),
  'scale-while-scaling': ofProvision('POST', '/scale', { direction: 'up', nodes: 1 }, (stage, id) =>
    stage.inState(id, 'SCALING'),
  ),
  'scaledown-busyhost': withBusyHost({}),
  'scaledown-busyhost-topforce': ofProvision(
    'POST',
    '/scale',
    { direction: 'down', nodes: ['12'], force: true },
    (stage, id) => stage.inState(id, 'DEPROVISIONING_ONE'),
  ),
  'scaledown-opts-force': withBusyHost({ opts: { force: true } }),
  'remove-ip-inuse': ofProvision('POST', '/remove-ip', { ar_id: 0 }, busyAddress),

  'undeploy-in-failure': ofProvision('POST', '/undeploy', { force: false }, failed),
  // machines with an elastic address, which stock OneForm cannot count
  'undeploy-unmanaged': ofProvision('POST', '/undeploy', { force: false }, busyAddress),
  'undeploy-unmanaged2': ofProvision('POST', '/undeploy', { force: false }, busyAddress),
  'undeploy-unmanaged3': ofProvision('POST', '/undeploy', { force: false }, busyHost),
  unmanaged: ofProvision('GET', '/unmanaged', undefined, busyAddress),
  'unmanaged-vm': ofProvision('GET', '/unmanaged', undefined, busyAddress),
  'unmanaged-hostvm': ofProvision('GET', '/unmanaged', undefined, busyHost),
  'unmanaged-clean': ofProvision('GET', '/unmanaged'),
}

async function withoutOneHost({ api, lifecycle }: Stage, id: number): Promise<void> {
  await api(`POST /provisions/${id}/scale`, { direction: 'down', nodes: 1 })
  await lifecycle.idle(id)
}

function withBusyHost(more: object): Scenario {
  return async (stage) => {
    const id = await stage.running()
    const nodes = [String(stage.vmOnHost())]
    return stage.api(`POST /provisions/${id}/scale`, { direction: 'down', nodes, ...more })
  }
}
