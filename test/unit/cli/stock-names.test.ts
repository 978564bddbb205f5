import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Asked, stockServer } from './stock-server.ts'
import { type Name, type Outcome, type Program, program } from './support.ts'

// many short processes, on a machine that may be busy with other tests
t.setTimeout(300_000)

const recorded = (name: string) =>
  readFileSync(new URL(`../../recorded/oneform/${name}`, import.meta.url), 'utf8')

/** What the stock commands sent, in the order of the transcript. */
const sent = recorded('http-requests.jsonl')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Asked)

interface Scene {
  readonly command: string
  readonly output: readonly string[]
  /** undefined where it was stopped. */
  readonly code: number | undefined
  readonly requests: readonly Asked[]
}

/** The transcript as scenes, each with its requests. */
function scenes(): Scene[] {
  const left = [...sent]
  const blocks = recorded('cli-transcript.txt').split(/^### /m).slice(1)
  return blocks
    .filter((block) => !block.startsWith('headers'))
    .map((block) => {
      const [head = '', ...lines] = block.split('\n')
      const code = lines.find((line) => line.startsWith('rc='))
      const count = lines.filter((line) => /^ {3}=> |^\{"method"/.test(line)).length
      return {
        command: head.replace(/ \(.*\)$/, ''),
        output: lines.slice(
          0,
          lines.findIndex((line) => /^rc=|^\{"method"/.test(line)),
        ),
        code: code === undefined ? undefined : Number(code.slice(3)),
        requests: left.splice(0, count),
      }
    })
}

interface Difference {
  /** Requests beside those of the stock command. */
  readonly also?: readonly string[]
  /** Where it succeeds and stock does not. */
  readonly succeeds?: true
  /** What is sent instead of the path that stock sends. */
  readonly path?: string
}

/** Where edgectl does otherwise on purpose: docs/cli.md, "Beside the stock commands". */
const differences: Readonly<Record<string, Difference>> = {
  'oneprovider show name': { also: ['GET /api/v1/providers'] },
  'oneprovider delete prov': {
    also: ['GET /api/v1/providers', 'DELETE /api/v1/providers/7'],
    succeeds: true,
  },
  'oneprovision list -a': { path: '/api/v1/provisions?include_sensitive=false&all=true' },
  ...Object.fromEntries(
    ['42', '99'].map((id) => [
      `oneprovision show ${id}`,
      { also: [`GET /api/v1/provisions/${id}/addresses`, `GET /api/v1/provisions/${id}/cost`] },
    ]),
  ),
  ...Object.fromEntries(
    [
      ...['del-host 42', 'del-host 42 --amount 2 --force', 'del-host 42 --ids 101,102'],
      ...['deprovision 42', 'deprovision 42 --force'],
    ].map((words) => [`oneprovision ${words}`, { also: ['GET /api/v1/provisions/42'] }]),
  ),
}

const oned = (pool: string, element: string, name: string) =>
  `<?xml version="1.0"?><methodResponse><params><param><value><array><data><value><boolean>1</boolean></value><value><string><![CDATA[<${pool}><${element}><ID>0</ID><NAME>${name}</NAME></${element}></${pool}>]]></string></value><value><i4>0</i4></value></data></array></value></param></params></methodResponse>`

t.test('every stock command, under its name, sends what the stock command sent', async (t) => {
  const it = await program(t)
  const files = { provider: join(it.home, 'pbody.json'), provision: join(it.home, 'vbody.json') }
  writeFileSync(files.provider, '{"name":"p1","connection_values":{"secret_key":"s"}}')
  writeFileSync(files.provision, '{"name":"e1","user_inputs_values":{"oneform_hosts":2}}\n')
  const users = createServer((_request, response) =>
    response.end(oned('USER_POOL', 'USER', 'oneadmin')),
  )
  await new Promise<void>((listening) => users.listen(0, '127.0.0.1', listening))
  t.teardown(() => users.close())
  const { port } = users.address() as AddressInfo
  const env = { ONE_XMLRPC: `http://127.0.0.1:${port}/RPC2` }
  const all = scenes().filter(({ code }) => code !== undefined)
  t.ok(all.length > 55)
  t.equal(all.flatMap(({ requests }) => requests).length, sent.length - 8, 'all but those of logs')

  const play = async (scene: Scene) => {
    const server = await stockServer(t)
    const [name = '', ...rest] = scene.command
      .replace('/srv/one/pbody.json', files.provider)
      .replace('/srv/one/vbody.json', files.provision)
      .split(' ')
    const outcome = await it.run(name as Name, rest.join(' '), server.url, { env })
    const difference = differences[scene.command] ?? {}
    sameRequests(t, scene, server.asked, difference)
    if (scene.code === 0 || difference.succeeds) {
      t.match(outcome, { code: 0, stderr: '' }, scene.command)
      if (scene.code === 0) sameOutput(t, scene, outcome)
    } else {
      t.match(outcome, { code: 2, stdout: '', stderr: /^[^\n]+\n$/ }, scene.command)
    }
  }
  const queue = [...all]
  const worker = async () => {
    for (let scene = queue.shift(); scene; scene = queue.shift()) await play(scene)
  }
  await Promise.all([worker(), worker(), worker()])
})

function sameRequests(
  t: Test,
  { command, requests }: Scene,
  asked: readonly Asked[],
  { also = [], path }: Difference,
): void {
  const line = (one: Asked, instead = one.path) => {
    const body = one.body.trim() === '' ? '' : ` ${JSON.stringify(sorted(JSON.parse(one.body)))}`
    return `${one.method} ${instead}${body}`
  }
  const wanted = [...requests.map((one) => line(one, path ?? one.path)), ...also].sort()
  t.strictSame(asked.map((one) => line(one)).sort(), wanted, command)
  for (const { headers } of asked) {
    const [first] = sent
    for (const name of ['Authorization', 'Content-Type', 'Accept'])
      t.equal(headers[name.toLowerCase()], first?.headers[name], `${command}: ${name}`)
  }
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)))
}

/** Columns may be wider or narrower; the recording ends early where there was more. */
function sameOutput(t: Test, { command, output }: Scene, { stdout }: Outcome): void {
  const lines = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim().replace(/\s+/g, ' '))
      .filter((line) => line !== '')
  if (/ -j$/.test(command)) {
    const value = JSON.parse(stdout) as object
    const names = [...output.join('').matchAll(/"(\w+)":/g)].map(([, name = '']) => name)
    for (const name of names) t.match(JSON.stringify(value), `"${name}":`, command)
    return
  }
  const history = output.findIndex((line) => line.startsWith('PROVISION HISTORIC'))
  const shown = lines(output.slice(0, history < 0 ? output.length : history).join('\n'))
  t.strictSame(lines(stdout).slice(0, shown.length), shown, command)
}

t.test('logs go on until they are stopped, from now on or from the beginning', async (t) => {
  const it = await program(t)
  const follow = async ({ command, requests }: Scene) => {
    const server = await stockServer(t)
    const words = command.replace('oneprovision ', '')
    const { stdout } = await it.run('oneprovision', words, server.url, {
      onStdout: (text, interrupt) => {
        if (text.split('\n').length > 3) interrupt()
      },
    })
    const paths = (all: readonly Asked[]) => all.map(({ path }) => path).slice(0, 3)
    t.strictSame(paths(server.asked), paths(requests), command)
    t.match(stdout, /^(\[info\] hello log\n){3,}$/, command)
  }
  await Promise.all(
    scenes()
      .filter(({ code }) => code === undefined)
      .map(follow),
  )
})

t.test('without waiting, unless --wait is given', async (t) => {
  const it = await program(t)
  const server = await stockServer(t)
  const waiting = await it.run('oneprovision', 'retry 42 --wait', server.url)
  t.match(waiting, { code: 1, stderr: /^This server does not tell how work goes on, .*--no-wait/ })
  t.match(server.asked, [{ path: '/api/v1/provisions/42/events?replay=false' }, { method: 'POST' }])
})

t.test('a request is read from a pipe', async (t) => {
  const it = await program(t)
  const server = await stockServer(t)
  const request = join(it.home, 'piped.json')
  writeFileSync(request, '{"name":"piped","connection_values":{"secret_key":"s"}}')
  const created = await it.run('oneprovider', 'create scaleway', server.url, { stdinFile: request })
  t.match(created, { code: 0, stdout: 'ID: 7\n' })
  t.match(JSON.parse(server.asked[1]?.body ?? ''), { name: 'piped' })
})

t.test('help speaks of the name it was asked under', async (t) => {
  const it = await program(t)
  const nowhere = 'http://127.0.0.1:9'
  const [own, topic, verb, none] = await Promise.all([
    it.run('oneprovision', '--help', nowhere),
    it.run('edgectl', 'oneprovision --help', nowhere),
    it.run('oneprovision', 'help deprovision', nowhere),
    it.run('oneprovision', 'conjure', nowhere),
  ])
  t.match(own, { code: 0, stdout: /\$ oneprovision \[?COMMAND/ })
  for (const word of ['create', 'add-host', 'undeploy', 'unmanaged'])
    t.match(own.stdout, new RegExp(`^ +${word} `, 'm'))
  t.notMatch(own.stdout, /provider/)
  t.match(topic, { code: 0, stdout: /\$ edgectl oneprovision \[?COMMAND/ })
  t.match(verb, { code: 0, stdout: /EXAMPLES\n {2}\$ oneprovision undeploy 1\n/ })
  t.match(none, {
    code: 2,
    stderr: 'There is no command "conjure"; oneprovision --help lists what there is\n',
  })
})

t.test('a name as the first word of edgectl does the same', async (t) => {
  const it: Program = await program(t)
  const server = await stockServer(t)
  t.match(await it.run('edgectl', 'oneprovision add-host 42 -a 3', server.url), { code: 0 })
  t.match(await it.run('edgectl', 'oneform list', server.url), { stdout: /^NAME +DEPLOYMENTS/ })
  t.match(server.asked, [
    { path: '/api/v1/provisions/42/scale', body: '{"direction":"up","nodes":3}' },
    { path: '/api/v1/drivers?enabled=false' },
  ])
})
