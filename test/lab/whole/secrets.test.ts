import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createKeys } from '../../../controller/assembly/keys.ts'
import { createWorld, password, until, type World } from '../../chaos/world/world.ts'
import { Attributes } from '../opennebula/attributes.ts'
import { simulatedKey, simulatedProject } from '../scaleway/index.ts'
import { watchArguments } from './arguments.ts'
import { isIn, type Secret } from './secret-forms.ts'

t.setTimeout(280_000)

/** Installing a server takes six minutes of the cloud's time. */
const timeScale = 0.004
const controllerDocument = 105
const wrongKey = '0badcafe-0000-4000-8000-0badcafe0bad'
const connection = {
  ...{ access_key: simulatedKey.accessKey, secret_key: simulatedKey.secretKey },
  ...{ project_id: simulatedProject, zone: 'fr-par-2' },
}

/** A text, and where it was found. */
type Text = readonly [where: string, text: string]

t.test('a secret is nowhere in clear, whatever fails on the way', async (t) => {
  const world = await createWorld({ timeScale })
  t.teardown(() => world.close())
  const seen = watchArguments()
  const answers: Text[] = []
  const ask = asking(world, answers)
  const tokens = collectTokens(world)
  await world.controller.up()

  await ask('/providers', {
    driver: 'scaleway',
    connection_values: { ...connection, secret_key: wrongKey },
  })
  const provider = idIn(
    await ask('/providers', { driver: 'scaleway', connection_values: connection }),
  )
  await ask('/providers', undefined, 'oneadmin:wrong-password-7f3a')
  await orderFailures(world)
  const provision = idIn(
    await ask('/provisions', {
      ...{ driver: 'scaleway', provider_id: provider },
      user_inputs_values: { oneform_hosts: 2, instance_public_ips: 1 },
    }),
  )
  const failures = await retryUntilRunning(ask, provision)
  t.ok(failures > 0, 'the way was not smooth')
  await ask(`/provisions/${provision}/scale`, { direction: 'up', nodes: 1 })
  await retryUntilRunning(ask, provision)
  await ask(`/provisions/${provision}/add-ip`, { amount: 1 })
  await ask(`/provisions/${provision}/scale`, { direction: 'down', nodes: 1 })
  await retryUntilRunning(ask, provision)
  for (const path of [
    ...['/drivers', '/providers', `/providers/${provider}`, '/provisions', '/leaks'],
    ...['', '/addresses', '/cost', '/logs?all=true', '/logs/poll?pos=0'].map(
      (part) => `/provisions/${provision}${part}`,
    ),
  ])
    await ask(path)

  const { master, uuid } = writtenDown(world)
  const keys = createKeys(Buffer.from(master, 'base64'))
  const secrets: Secret[] = [
    { name: 'the secret key', value: simulatedKey.secretKey },
    { name: 'a secret key that was refused', value: wrongKey },
    { name: 'oneadmin’s password', value: password },
    { name: 'a password that was refused', value: 'wrong-password-7f3a' },
    { name: 'the master key', value: master },
    { name: 'the key of sealed values', value: keys.derived('provider-envelope') },
    { name: 'the key of proofs', value: keys.derived('document-proof') },
    { name: 'the controller’s SSH key', value: keys.derived(`ssh-controller/${uuid}`) },
    { name: 'a host’s SSH key', value: keys.derived(`ssh-host/${uuid}/host-0`) },
    {
      name: 'the BGP password',
      value: keys.derived(`bgp/${uuid}`).toString('base64url').slice(0, 32),
    },
    ...[...tokens.stop()].map((value) => ({ name: 'an agent’s token', value })),
  ]
  t.ok(
    secrets.some(({ name }) => name === 'an agent’s token'),
    'agents were admitted by token',
  )

  const asked = await requestsOf(world)
  const texts: Text[] = [
    ...filesBelow(world.dir),
    ...seen.stop().map((text): Text => ['an argument list', text]),
    ...answers,
    ...documentsOf(world),
    // The order of a server carries the host's key: the only way to know whom one speaks to.
    ...asked.map(({ url, body }): Text => [`the request ${url}`, withoutUserData(body)]),
  ]
  t.ok(
    texts.some(([where, text]) => where.endsWith('.log') && text.includes('"level":20')),
    'debug',
  )
  t.ok(
    texts.some(([where, text]) => where === 'an argument list' && /\bssh\b/.test(text)),
    'ssh',
  )
  t.ok(
    texts.some(([where]) => /controller\/logs\/\d+\.log$/.test(where)),
    'the provision’s log',
  )
  for (const secret of secrets) {
    const found = texts.filter(([, text]) => isIn(secret, text)).map(([where]) => where)
    t.same([...new Set(found)], [], secret.name)
  }
  // Where they must be: otherwise nothing was looked for.
  const ordered = asked.map(({ body }) => userData(body)).join('')
  const [hostKey, masterKey, oneKey] = ['a host’s SSH key', 'the master key', 'oneadmin’s password']
  const named = (name: string | undefined) => secrets.find((one) => one.name === name)
  for (const [secret, text] of [
    [named(hostKey), ordered],
    [named(masterKey), ownDocument(world)],
    [named(oneKey), readFileSync(join(world.dir, 'one_auth'), 'utf8')],
  ] as const)
    t.ok(secret && isIn(secret, text), `${secret?.name} is where it must be`)
  for (const { id, user_data } of world.cloud.state.servers.values())
    t.notOk(user_data, `the key of server ${id} is wiped once it is there`)
  t.same(
    world.cloud.violations().filter(({ rule }) => rule === 'credential'),
    [],
  )
})

function asking(world: World, answers: Text[]) {
  return async (path: string, body?: object, session = `oneadmin:${password}`): Promise<string> => {
    const answer = await fetch(`${world.controller.url}/api/v1${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Basic ${Buffer.from(session).toString('base64')}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    answers.push([`the answer to ${path}`, text])
    return text
  }
}

function idIn(text: string): number {
  const [, id] = /"ID":"(\d+)"/.exec(text) ?? []
  if (id === undefined) throw new Error(`No ID in ${text}`)
  return Number(id)
}

async function orderFailures({ cloud }: World): Promise<void> {
  const refusal = (code: number) => ({
    status: {
      code,
      body: { message: `the key ${simulatedKey.secretKey} may not`, type: 'unknown' },
    },
  })
  const orders = [
    { match: { method: 'POST', pathRegex: 'vpcs$' }, action: 'lostResponse' },
    { match: { method: 'POST', pathRegex: 'private-networks$' }, action: 'reset' },
    { match: { method: 'POST', pathRegex: 'gateways$' }, action: refusal(400) },
    { match: { method: 'POST', pathRegex: 'servers$' }, action: refusal(401) },
    { match: { method: 'GET', nth: 40 }, action: refusal(500), times: 3 },
    { action: 'installError' },
  ]
  for (const order of orders) {
    const answer = await fetch(`${cloud.url}/_sim/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ times: 1, ...order }),
    })
    if (!answer.ok) throw new Error(await answer.text())
  }
}

/** How often it failed. */
async function retryUntilRunning(
  ask: ReturnType<typeof asking>,
  provision: number,
): Promise<number> {
  let failures = 0
  const runs = async () => {
    const text = await ask(`/provisions/${provision}`)
    const [, state = ''] = /"state":"([A-Z_]+)"/.exec(text) ?? []
    if (state.endsWith('FAILURE')) {
      failures++
      if (failures > 10) throw new Error(text)
      await ask(`/provisions/${provision}/retry`, {})
    }
    return state === 'RUNNING'
  }
  await until(runs, `provision ${provision} to run`, 120_000)
  return failures
}

/** What the controller has written into its own document, which oned encrypts. */
function writtenDown(world: World): { master: string; uuid: string } {
  const { master } = JSON.parse(ownDocument(world)) as { master: string }
  const [server] = world.cloud.state.servers.values()
  const tag = server?.tags.find((one) => one.startsWith('provision=')) ?? ''
  return { master, uuid: tag.slice('provision='.length) }
}

function ownDocument({ one }: World): string {
  const own = one.state.documents.newestFirst().find(({ type }) => type === controllerDocument)
  return own?.template.text('PROVISION_BODY') ?? '{}'
}

/** Everything in OpenNebula but the controller's own document. */
function documentsOf({ one }: World): Text[] {
  const { documents, hosts, networks, clusters, datastores, networkTemplates, vms } = one.state
  const pools = { documents, hosts, networks, clusters, datastores, networkTemplates, vms }
  return Object.entries(pools).flatMap(([name, pool]) =>
    pool
      .newestFirst()
      .filter((object) => !('type' in object) || object.type !== controllerDocument)
      .map((object): Text => [`${name} ${object.id}`, JSON.stringify(object, plain)]),
  )
}

function plain(_name: string, value: unknown): unknown {
  if (value instanceof Map) return [...value]
  return value instanceof Attributes ? value.entries : value
}

async function requestsOf({ cloud }: World) {
  const answer = await fetch(`${cloud.url}/_sim/requests`)
  const { requests } = (await answer.json()) as {
    requests: readonly { readonly url: string; readonly body: string }[]
  }
  return requests
}

/** What a request gives to cloud-init, in clear. */
function userData(body: string): string {
  const [, text = ''] = /"user_data":"([^"]*)/.exec(body) ?? []
  return Buffer.from(text, 'base64').toString('latin1')
}

function withoutUserData(body: string): string {
  return body.replace(/"user_data":"[^"]*"?/, '"user_data":"…"')
}

/** Not the login's own file, nor the keys that ssh is given as files of mode 600. */
function filesBelow(directory: string): Text[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name !== 'one_auth')
    .filter(({ parentPath }) => !parentPath.startsWith(join(directory, 'controller/ssh')))
    .map((entry): Text => {
      const path = join(entry.parentPath, entry.name)
      return [path.slice(directory.length + 1), readFileSync(path, 'latin1')]
    })
}

/** Tokens live for a moment only: on their way to a host, and on its disk until it has logged in. */
function collectTokens({ hosts }: World) {
  const found = new Set<string>()
  const timer = setInterval(() => {
    for (const { disk } of hosts.all()) if (disk.token) found.add(disk.token)
  }, 2)
  return {
    stop: () => {
      clearInterval(timer)
      return found
    },
  }
}
