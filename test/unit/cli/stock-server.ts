import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** A request as it came over the wire. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly headers: IncomingMessage['headers']
}

export interface StockServer {
  readonly url: string
  /** Everything asked so far; the longest-lived test empties it by itself. */
  readonly asked: Asked[]
}

const permissions = {
  ...{ OWNER_U: '1', OWNER_M: '1', OWNER_A: '0', GROUP_U: '0', GROUP_M: '0', GROUP_A: '0' },
  ...{ OTHER_U: '0', OTHER_M: '0', OTHER_A: '0' },
}
const owner = { UID: '0', GID: '0', UNAME: 'oneadmin', GNAME: 'oneadmin', PERMISSIONS: permissions }
const registration_time = 1_700_000_000

const provider = (id: string) => ({
  DOCUMENT: {
    ...{ ID: id, ...owner, NAME: id === '7' ? 'prov' : `prov-${id}`, TYPE: '103' },
    TEMPLATE: {
      PROVIDER_BODY: {
        ...{ name: 'prov', description: 'd', driver: 'scaleway', version: '1.0.0', fireedge: {} },
        connection: { secret_key: '__redacted__', zone: 'fr-par-2' },
        ...{ user_inputs: [], provision_ids: [42], registration_time },
      },
    },
  },
})

const provision = (id: string) => ({
  DOCUMENT: {
    ...{ ID: id, ...owner, NAME: id === '42' ? 'edge' : `edge-${id}`, TYPE: '104' },
    TEMPLATE: {
      PROVISION_BODY: {
        ...{ name: 'edge', description: 'd', state: 'RUNNING', provider_id: 7, user_inputs: [] },
        user_inputs_values: { oneform_hosts: 1 },
        tags: { Owner: 'x' },
        one_objects: {
          cluster: { id: 100, name: 'c' },
          hosts: [{ id: 1, name: '1.2.3.4', resource_id: 'fr-par-2/uuid' }],
          networks: [{ id: 3, name: 'pub', template: { vn_mad: 'elastic' } }],
          datastores: [{ id: 104, name: 'img', template: { type: 'IMAGE_DS' } }],
        },
        historic: [{ action: 'a', description: 'd', time: registration_time }],
        registration_time,
      },
    },
  },
})

const driver = {
  ...{ name: 'Scaleway', description: 'd', version: '1.0.0', state: 'ENABLED' },
  ...{ registry: 'builtin', system_path: '/usr/lib/oneform/drivers/scaleway', fireedge: {} },
  connection: [
    { name: 'secret_key', description: 'd', type: 'string', mandatory: true, sensitive: true },
  ],
  user_inputs: [],
  deployment_confs: [{ name: 'c', description: 'd', inventory: 'ssh_cluster', user_inputs: [] }],
}

export type Routes = readonly (readonly [RegExp, (id: string) => unknown])[]

const page = { lines: [{ level: 'info', text: 'hello log' }], pos: 10 }

/** What the server that the recordings were made with answers; 404 with a page for what it does not know. */
const routes: Routes = [
  [/^GET \/drivers$/, () => [driver]],
  [/^GET \/drivers\/scaleway$/, () => driver],
  [/^POST \/drivers\/sync$/, () => ({ success: ['scaleway'], failed: [] })],
  [/^POST \/drivers\/scaleway\/(enable|disable)$/, () => ''],
  [/^GET \/providers$/, () => [provider('7')]],
  [/^(GET|PATCH) \/providers\/([78])$/, provider],
  [/^POST \/providers$/, () => provider('7')],
  [/^POST \/providers\/([78])\/(chmod|chown|chgrp)$/, () => ''],
  [/^DELETE \/providers\/([78])$/, () => ''],
  [/^GET \/provisions$/, () => [provision('42')]],
  [/^(GET|PATCH) \/provisions\/(4[23])$/, provision],
  [/^POST \/provisions$/, () => provision('42')],
  [
    /^POST \/provisions\/(4[23])\/(chmod|chown|chgrp|retry|recover|scale|add-ip|remove-ip|undeploy)$/,
    () => '',
  ],
  [/^DELETE \/provisions\/(4[23])$/, () => ''],
  [/^GET \/provisions\/(4[23])\/logs\/poll$/, () => page],
  [/^GET \/provisions\/(4[23])\/unmanaged$/, () => ({ hosts: { 12: { vm: ['11'] } } })],
]

/**
 * A stock OneForm server that knows provider 7 and provision 42 (and 8 and 43), and notes what it is asked;
 * `more` is what it can do beside.
 */
export async function stockServer(t: Test, more: Routes = []): Promise<StockServer> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      asked.push({ method, path, body, headers })
      answer(`${method} ${path.replace(/^\/api\/v1|\?.*$/g, '')}`, [...more, ...routes], response)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, asked }
}

function answer(request: string, all: Routes, response: ServerResponse): void {
  for (const [pattern, content] of all) {
    const match = pattern.exec(request)
    if (!match) continue
    const value = content(/\d+/.exec(request)?.[0] ?? '')
    response.statusCode = value === '' ? 204 : 200
    response.end(value === '' ? '' : JSON.stringify(value))
    return
  }
  response.statusCode = 404
  // objects are looked for before what is to be done with them
  const [, missing] = /^[A-Z]+ \/(?:providers|provisions)\/(\d+)(?:\/|$)/.exec(request) ?? []
  const [, name] = /^[A-Z]+ \/drivers\/(\w+)/.exec(request) ?? []
  const message = name
    ? `Error getting ${name} OneForm driver`
    : `Error getting document [${missing}]`
  const known = /^[A-Z]+ \/(?:providers\/[78]|provisions\/4[23])\//.test(request)
  if (name || (missing && !known)) response.end(JSON.stringify({ err_code: 404, message }))
  else response.end('<h1>Not Found</h1>')
}
