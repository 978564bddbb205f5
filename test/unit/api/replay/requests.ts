import { readFileSync } from 'node:fs'
import { type Recorded, recorded } from '../support.ts'
import { compare, type Difference } from './differences.ts'
import { connection, provisionRequest, type Stage, stage } from './stage.ts'
import { createWorld } from './world.ts'

/** A request as the stock command line sent it. */
interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const sent: readonly Sent[] = readFileSync(
  new URL('../../../recorded/oneform/http-requests.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Sent)

/** What the recorded documents were given, and these were not. */
const described = new Set(['description', 'scaleway.description'])

/** Sends each of them where it makes sense, and compares with what OneForm answers to such a request. */
export async function requestDifferences(): Promise<Difference[]> {
  const found: Difference[] = []
  for (const request of sent) {
    const it = stage(createWorld())
    await prepare(it, request)
    const { method, path, headers } = request
    const {
      statusCode,
      body,
      headers: answered,
    } = await it.app.inject({
      ...{ method: method as 'GET', url: path, headers: withoutLength(headers) },
      ...(request.body === '' ? {} : { payload: filled(request) }),
    })
    const type = answered['content-type']?.toString()
    const { name, answer } = expected(request)
    const differences = compare(name, answer, { status: statusCode, type, text: body })
    found.push(...differences.filter(({ path }) => !described.has(path)))
    await it.lifecycle.idle(idIn(request))
    await it.close()
  }
  return found
}

/** What is asked about exists under its id, in the state in which it may be asked. */
async function prepare(it: Stage, request: Sent): Promise<void> {
  const { method, path } = request
  const list = method === 'GET' && path.startsWith('/api/v1/provisions?')
  const id = list ? 42 : idIn(request)
  if (path.endsWith('/enable')) await it.api('POST /drivers/scaleway/disable', {})
  if (id === 99 || path.includes('/drivers')) return
  const provisions = path.includes('/provisions')
  it.nextIdIs(7)
  await it.provider()
  if (!provisions && id === 8) await it.provider()
  if (!provisions || id === 0) return
  it.nextIdIs(id)
  const { user_inputs_values: values, ...rest } = provisionRequest(7)
  const hosts = path.endsWith('/scale') ? 4 : 2
  const user_inputs_values = { ...values, oneform_hosts: hosts }
  await it.api('POST /provisions', { ...rest, user_inputs_values })
  await it.lifecycle.idle(id)
  renumber(it)
  if (path.endsWith('/retry')) await it.inState(id, 'APPLYING_FAILURE')
  if (method === 'DELETE') await it.undeployed(id)
}

/** Hosts and the address range get the ids that the recorded requests name. */
function renumber({ one }: Stage): void {
  const hosts = [...one.all.hosts.values()]
  one.all.hosts.clear()
  for (const [n, host] of hosts.entries()) one.all.hosts.set(101 + n, { ...host, id: 101 + n })
  for (const network of one.all.networks.values()) {
    if (network.vnMad !== 'elastic') continue
    network.ranges = network.ranges.map((range) => ({ ...range, id: range.id + 5 }))
  }
}

/** The recorded file had no more of the documented inputs than a secret key, which no server takes. */
function filled({ method, path, body }: Sent): string {
  if (method !== 'POST' || path !== '/api/v1/providers') return body
  const { connection_values, ...rest } = JSON.parse(body) as Record<string, object>
  return JSON.stringify({ ...rest, connection_values: { ...connection, ...connection_values } })
}

function expected(request: Sent): { readonly name: string; readonly answer: Recorded } {
  const { method, path } = request
  const [route = '', query = ''] = path.replace('/api/v1', '').replace(/\/\d+/, '/ID').split('?')
  const as = (name: string) => ({ name, answer: recorded(name) })
  if (idIn(request) === 99)
    return as(`${route.includes('providers') ? 'provider' : 'provision'}-404`)
  const answers: Readonly<Record<string, () => ReturnType<typeof expected>>> = {
    'GET /drivers': () => as(query.includes('true') ? 'drivers-enabled' : 'drivers'),
    'GET /drivers/scaleway': () => as('driver-scaleway'),
    'POST /drivers/sync': () => as('drivers-sync'),
    'POST /drivers/scaleway/enable': () => as('driver-enable'),
    'POST /drivers/scaleway/disable': () => as('driver-disable'),
    'GET /providers': () =>
      query.includes('sensitive=true')
        ? { name: 'providers-sensitive', answer: listOf('provider-show-sensitive') }
        : as('providers'),
    'GET /providers/ID': () =>
      as(query.includes('true') ? 'provider-show-sensitive' : 'provider-show'),
    'POST /providers': () => as('provider-create-dup'),
    'PATCH /providers/ID': () => as('provider-patch'),
    'GET /provisions': () => ({ name: 'provision-list', answer: listOf('provision-show') }),
    'GET /provisions/ID': () => as('provision-show'),
    'POST /provisions': () => ({ name: 'provision-create', answer: newProvision() }),
    // nothing had happened to this one
    'PATCH /provisions/ID': () => as('provision-show'),
    'GET /provisions/ID/logs/poll': () => as(query === 'pos' ? 'logs-poll-nopos' : 'logs-poll'),
  }
  const done = { status: 204, type: undefined, text: '' }
  return answers[`${method} ${route}`]?.() ?? { name: labelOf(request), answer: done }
}

function listOf(name: string): Recorded {
  const answer = recorded(name)
  return { ...answer, text: `[${answer.text}]` }
}

/** As it was shown later, before anything had happened to it; its objects are those of the driver. */
function newProvision(): Recorded {
  const shown = JSON.parse(recorded('provision-show').text)
  const [deployment] = JSON.parse(recorded('driver-scaleway').text).deployment_confs
  const body = shown.DOCUMENT.TEMPLATE.PROVISION_BODY
  Object.assign(body, { state: 'PENDING', historic: [], one_objects: deployment.one_objects })
  Object.assign(body, { tags: {} })
  body.user_inputs_values.oneform_tags = {}
  return { ...recorded('provision-show'), status: 201, text: JSON.stringify(shown) }
}

/** `scale-up-list`: the route's last word, and what of the body tells requests apart. */
function labelOf({ method, path, body }: Sent): string {
  const word = path.split('?')[0]?.split('/').at(-1) ?? ''
  if (/^\d+$/.test(word)) return method.toLowerCase()
  const { direction, nodes } = (body === '' ? {} : JSON.parse(body)) as Record<string, unknown>
  return direction ? `scale-${direction}-${Array.isArray(nodes) ? 'list' : 'amount'}` : word
}

function idIn({ path }: Sent): number {
  return Number(/\/(\d+)/.exec(path.replace('/api/v1', ''))?.[1] ?? 0)
}

function withoutLength(headers: Sent['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(content-length|host)$/i.test(name)),
  )
}
