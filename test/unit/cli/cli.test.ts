import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { states } from '../../../controller/documents/index.ts'
import type { Happening } from '../../../controller/provision/events.ts'
import { lineOf } from '../../../ipam/runs/index.ts'
import { drivers, perform } from '../../../ipam/wire/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { refusedKey } from '../api/support.ts'
import { base64, messages } from '../ipam/messages.ts'
import { type Shell, shell } from './support.ts'

// many short processes, on a machine that may be busy with other tests
t.setTimeout(300_000)

const secret = '11111111-1111-4111-8111-111111111111'
const providerRequest = JSON.stringify({
  name: 'scw',
  connection_values: { access_key: 'SCWXXXXXXXXXXXXXXXXX', secret_key: secret, project_id: 'p' },
})

function play(it: Shell, id: number, ...events: Happening[]): void {
  for (const event of events) it.events.emit({ provision: id, at: Date.now(), ...event })
}

async function ends(it: Shell, id: number, state: 'RUNNING' | 'APPLYING_FAILURE' | 'DONE') {
  await it.documents.provisions.update(id, (body) => ({ ...body, state: states[state] }))
  play(it, id, { kind: 'state', state })
}

const provider = (it: Shell) =>
  it.edgectl('provider create scaleway -', { stdin: providerRequest }).then(({ stdout }) => {
    return Number(stdout.replace('ID: ', ''))
  })

t.test('help and unknown words', async (t) => {
  const it = await shell(t)
  const [help, same, unknown, flag, argument, id] = await Promise.all([
    it.edgectl('provision create --help'),
    it.edgectl('help provision create'),
    it.edgectl('provision conjure'),
    it.edgectl('provision list --nonsense'),
    it.edgectl('provision show'),
    it.edgectl('provision show edge'),
  ])
  t.match(help, { code: 0, stdout: /EXAMPLES\n {2}\$ edgectl provision create scaleway/ })
  t.same(same, help)
  t.match((await it.edgectl('--help')).stdout, /Exit\s+codes: 0 done; 1 the world is at fault/)
  t.match(unknown.stderr, 'no command "provision conjure"; edgectl provision --help lists')
  for (const outcome of [unknown, flag, argument, id]) {
    t.match(outcome, { code: 2, stdout: '' })
    t.match(outcome.stderr, /^[^\n]+\n$/, 'one line')
  }
  t.match(id.stderr, 'There is no provision named "edge"; see edgectl provision list')
})

t.test('login and endpoint are found where the stock command line finds them', async (t) => {
  const it = await shell(t)
  const auth = join(it.home, 'auth')
  writeFileSync(auth, 'alice:wonder\n')
  const [flags, file, wrong, none, nobody, nonsense] = await Promise.all([
    it.edgectl(`provider list --server ${it.url} --username alice --password wonder`, { env: {} }),
    it.edgectl('provider list', { env: { ONEFORM_URL: it.url, ONE_AUTH: auth } }),
    it.edgectl('provider list --password wrong', {
      env: { ONEFORM_URL: it.url, ONEFORM_USER: 'alice' },
    }),
    it.edgectl('provider list', { env: { ONEFORM_URL: it.url, ONE_AUTH: '/nonexistent' } }),
    it.edgectl('provider list --server http://127.0.0.1:9', {}),
    it.edgectl('provider list --server nonsense', {}),
  ])
  t.match([flags, file], [{ code: 0 }, { code: 0 }])
  t.match(wrong, { code: 2, stderr: /^Invalid credentials; the login is that of --username .*\n$/ })
  t.match(nobody, {
    code: 1,
    stderr: /^No controller answers at http:\/\/127.0.0.1:9\/ \(ECONNREFUSED\)/,
  })
  t.match(nonsense, { code: 2, stderr: /is not a URL/ })
  t.match(none, { code: 2, stderr: /^No login found: .* \/nonexistent\n$/ }, 'and nobody else’s')
  const half = await it.edgectl('provider list --username alice', { env: { ONE_AUTH: auth } })
  t.match(half, { code: 2, stderr: /^Half a login was given; give --password or ONEFORM_PASSWORD/ })
})

t.test('provider', async (t) => {
  const it = await shell(t)
  t.test('create takes flags before a file, and a file before the environment', async (t) => {
    const environment = {
      ...{ SCW_ACCESS_KEY: 'SCWE', SCW_SECRET_KEY: 'environment' },
      ...{ SCW_DEFAULT_PROJECT_ID: 'environment', SCW_DEFAULT_ZONE: 'nl-ams-1' },
    }
    const login = { ONEFORM_URL: it.url, ONEFORM_USER: 'oneadmin', ONEFORM_PASSWORD: 'opennebula' }
    const request = {
      ...{ driver: 'scaleway', name: 'layers' },
      connection_values: { access_key: 'SCWF', secret_key: secret, zone: 'fr-par-2' },
    }
    const made = await it.edgectl('provider create scaleway - --zone fr-par-1', {
      env: { ...login, ...environment },
      stdin: JSON.stringify(request),
    })
    t.match(made, { code: 0 }, made.stderr)
    const { body } = await it.documents.providers.get(Number(made.stdout.slice(4)))
    t.match(body.connection, {
      ...{ access_key: 'SCWF', secret_key: secret, project_id: 'environment', zone: 'fr-par-1' },
    })
    await it.edgectl(`provider delete ${made.stdout.slice(4)}`)
    it.checked.length = 0
  })
  t.test('create takes its secret from the environment, a file or stdin', async (t) => {
    const key = join(it.home, 'key')
    writeFileSync(key, `${secret}\n`)
    const login = { ONEFORM_URL: it.url, ONEFORM_USER: 'oneadmin', ONEFORM_PASSWORD: 'opennebula' }
    const [environment, file, stdin] = await Promise.all([
      it.edgectl(
        'provider create scaleway --name a --access-key SCWX --project-id p --zone fr-par-2',
        {
          env: { ...login, SCW_SECRET_KEY: secret },
        },
      ),
      it.edgectl(
        `provider create scaleway --input secret_key=@${key} --input access_key=SCWX --input project_id=p --json`,
      ),
      it.edgectl('provider create scaleway - --name c', { stdin: providerRequest }),
    ])
    t.match([environment, file, stdin], [{ code: 0 }, { code: 0 }, { code: 0 }])
    t.match(environment.stdout, /^ID: \d+\n$/)
    t.match(JSON.parse(file.stdout), {
      ID: /\d+/,
      TEMPLATE: { PROVIDER_BODY: { driver: 'scaleway' } },
    })
    for (const connection of it.checked) t.match(connection, { secret_key: secret })
    t.equal(it.checked.length, 3)
  })
  t.test('create with bad input gives one sentence, exit code 2 and creates nothing', async (t) => {
    const stored = it.one.stored.size
    const bad = (args: string, stdin?: string) =>
      it.edgectl(`provider create ${args}`, stdin === undefined ? {} : { stdin })
    const base = '--access-key SCWX --project-id p'
    const outcomes = await Promise.all([
      bad('nosuch'),
      bad(`scaleway ${base}`),
      bad(`scaleway ${base} --input secret_key=${secret} --zone fr-par-3 --region fr-par`),
      bad(`scaleway ${base} --input secret_key=${refusedKey}`),
      bad('scaleway -', 'no json'),
      bad(`scaleway --input ${secret}`),
      bad('scaleway --input secret_key=@/nonexistent'),
    ])
    const sentences = [
      'Error getting nosuch OneForm driver',
      'Error validating Provider: secret_key is missing',
      "Error validating Provider: invalid value 'fr-par-3' for 'zone'. Choose from: fr-par-1, fr-par-2.",
      'Scaleway refuses this key',
      'Standard input does not hold an object in JSON or YAML',
      '--input takes name=value or name=@file',
      'Cannot read /nonexistent (ENOENT)',
    ]
    outcomes.forEach((outcome, n) => {
      t.strictSame(outcome, { code: 2, stdout: '', stderr: `${sentences[n]}\n` })
    })
    t.equal(it.one.stored.size, stored)
  })
  t.test('list, show and delete', async (t) => {
    const id = await provider(it)
    const [list, show, sensitive] = await Promise.all([
      it.edgectl('provider list'),
      it.edgectl(`provider show ${id}`),
      it.edgectl(`provider show ${id} --sensitive --json`),
    ])
    t.match(list.stdout, /^ {2}ID USER {5}GROUP {5}NAME {18}REGTIME\n/)
    t.match(show.stdout, /^secret_key {10}: \*{12}$/m)
    t.match(show.stdout, /^IDS: {16}: --$/m)
    t.match(sensitive.stdout, secret)
    t.match(await it.edgectl(`provider delete ${id}`), { code: 0, stdout: '', stderr: '' })
    const gone = await it.edgectl(`provider delete ${id}`)
    t.match(gone, { code: 2, stderr: `Error getting document ${id}\n` })
  })
})

t.test('provision', async (t) => {
  const it = await shell(t)
  const payer = await provider(it)
  const create = `provision create scaleway --provider-id ${payer}`
  t.test('create shows each step with what it waits for and ends with the id', async (t) => {
    it.play.create = async (id) => {
      play(
        it,
        id,
        { kind: 'state', state: 'PLANNING' },
        { kind: 'step', name: 'offer', status: 'waiting', detail: '0.3 EUR per hour' },
        { kind: 'state', state: 'APPLYING' },
        { kind: 'step', name: 'vpc', status: 'started' },
        { kind: 'step', name: 'vpc', status: 'done', elapsedMs: 1200 },
        {
          kind: 'step',
          name: 'host-0 installed',
          host: 'host-0',
          status: 'waiting',
          detail: 'host-0: ubuntu_2204',
        },
        { kind: 'step', name: 'gateway', status: 'waiting', detail: 'passes in no time' },
        { kind: 'step', name: 'gateway', status: 'done', elapsedMs: 40, detail: 'running' },
        { kind: 'log', level: 'info', text: 'not shown' },
      )
      await told.promise
      await ends(it, id, 'RUNNING')
    }
    const told = Promise.withResolvers<void>()
    const outcome = await it.edgectl(
      `${create} --input oneform_hosts=3 --input instance_public_ips=2`,
      {
        // what is waited for is worth a line only after a while
        onStderr: (text) => {
          if (text.includes('installed: ubuntu_2204')) told.resolve()
        },
      },
    )
    t.equal(outcome.code, 0)
    t.match(outcome.stdout, /^ID: \d+\n$/)
    const lines = outcome.stderr.replace(/^\[ +\d+ s\] /gm, '').split('\n')
    t.strictSame(lines.slice(-8), [
      'PLANNING',
      '           offer: 0.3 EUR per hour …',
      'APPLYING',
      '           vpc: done after 1 s',
      '           gateway: done after 0 s: running',
      '  host-0   installed: ubuntu_2204 …',
      'RUNNING',
      '',
    ])
    const { body } = await it.documents.provisions.get(Number(outcome.stdout.slice(4)))
    t.match(body.user_inputs_values, { oneform_hosts: 3, instance_public_ips: 2 })
    const json = await it.edgectl(`${create} --json --name edge --input 'oneform_tags={"a":"b"}'`)
    t.match(JSON.parse(json.stdout), {
      NAME: 'edge',
      TEMPLATE: { PROVISION_BODY: { state: 'RUNNING', tags: { a: 'b' } } },
    })
  })
  t.test('create --no-wait prints the id at once', async (t) => {
    delete it.play.create
    t.match(await it.edgectl(`${create} --no-wait --input oneform_hosts=1`), {
      code: 0,
      stdout: /^ID: \d+\n$/,
      stderr: '',
    })
  })
  t.test('create that fails says why and how to go on', async (t) => {
    it.play.create = async (id) => {
      play(
        it,
        id,
        { kind: 'state', state: 'APPLYING' },
        { kind: 'step', name: 'host-1', status: 'failed', detail: 'no stock in fr-par-2' },
      )
      await ends(it, id, 'APPLYING_FAILURE')
    }
    const outcome = await it.edgectl(`${create} --input oneform_hosts=2`)
    t.equal(outcome.code, 1)
    const [id] = /\d+/.exec(outcome.stdout) ?? []
    t.match(
      outcome.stderr,
      `Provision ${id} ended in APPLYING_FAILURE: host-1: no stock in fr-par-2; edgectl provision retry ${id} goes on`,
    )
    it.play.retry = async (retried) => ends(it, retried, 'RUNNING')
    const retry = await it.edgectl(`provision retry ${id}`)
    t.match(retry, { code: 0, stderr: /RUNNING/ }, 'an old failure is not taken for a new one')
  })
  t.test('create interrupted by Ctrl-C leaves the work running and says so', async (t) => {
    it.play.create = async (id) => play(it, id, { kind: 'state', state: 'APPLYING' })
    let pressed = false
    const outcome = await it.edgectl(`${create} --input oneform_hosts=1`, {
      onStderr: (text, interrupt) => {
        if (!pressed && text.includes('APPLYING')) interrupt()
        pressed ||= text.includes('APPLYING')
      },
    })
    t.equal(outcome.code, 130)
    const [id] = /\d+/.exec(outcome.stdout) ?? []
    const said = `Work on provision ${id} goes on; follow it with: edgectl provision logs ${id} --follow`
    t.match(outcome.stderr, said)
  })
  t.test('create goes on watching when the controller breaks the connection', async (t) => {
    // Later tests create too, and must keep their connections.
    t.teardown(() => delete it.play.create)
    it.play.create = async (id) => {
      play(it, id, { kind: 'state', state: 'APPLYING' })
      const again = ({ url }: IncomingMessage) => {
        if (!broken || !url?.endsWith('/events')) return
        it.app.server.off('request', again)
        void ends(it, id, 'RUNNING')
      }
      it.app.server.on('request', again)
    }
    let broken = false
    const outcome = await it.edgectl(`${create} --input oneform_hosts=1`, {
      onStderr: (text) => {
        if (broken || !text.includes('APPLYING')) return
        broken = true
        it.app.server.closeAllConnections()
      },
    })
    t.match(outcome, { code: 0, stdout: /ID/, stderr: /APPLYING\n.*RUNNING\n$/ })
  })
  t.test('create with bad input gives one sentence, exit code 2 and creates nothing', async (t) => {
    const stored = it.one.stored.size
    const outcomes = await Promise.all([
      it.edgectl('provision create scaleway --provider-id 4711'),
      it.edgectl('provision create scaleway --provider-id x'),
      it.edgectl('provision create scaleway'),
      it.edgectl(`${create} --input oneform_hosts=0`),
      it.edgectl(`${create} --input cidr_block=10.0.0.0/99`),
      it.edgectl(`${create} --input 'oneform_tags={'`),
    ])
    const sentences = [
      /^Error getting document 4711$/,
      /^There is no provider named "x"; see edgectl provider list$/,
      /^Missing `provider_id` attribute$/,
      /^Error validating Provision: oneform_hosts must be a whole number from 1 to 10/,
      /^Error validating Provision: cidr_block must be an IPv4 prefix/,
      /^The value of oneform_tags is not valid JSON$/,
    ]
    outcomes.forEach(({ code, stdout, stderr }, n) => {
      t.strictSame({ code, stdout }, { code: 2, stdout: '' }, stderr)
      t.match(stderr.trimEnd(), sentences[n] ?? 'none')
      t.match(stderr, /^[^\n]+\n$/, 'one line')
    })
    t.equal(it.one.stored.size, stored)
  })
  t.test('create --dry-run shows each thing with its price, and creates nothing', async (t) => {
    const stored = it.one.stored.size
    const [shown, json] = await Promise.all([
      it.edgectl(`${create} --dry-run --input oneform_hosts=2`),
      it.edgectl(`${create} --dry-run --input oneform_hosts=2 --json`),
    ])
    t.match(shown, { code: 0, stderr: '' })
    const lines = shown.stdout.trimEnd().split('\n')
    t.match(lines, [
      /^WOULD BE CREATED IN fr-par-2, PRICES IN EUR WITHOUT TAXES$/,
      /^ {2}# +WHAT +PER HOUR +PER MONTH +PRICE FROM$/,
      /^ {2}1 +VPC +free +free +free$/,
      /^ {2}2 +EM-A116X-SSD +0\.2000 +146\.00 +Scaleway’s offer$/,
      /^ {2}1 +public gateway +unknown +unknown +-$/,
      /^ +TOTAL +0\.2000 +146\.00$/,
      'Paid at once and not given back: 12.00 EUR',
      'Some prices are unknown: the true sum is higher.',
      /^In OpenNebula: cluster, .*, 2 hosts$/,
      'Note: EM-A116X-SSD runs out',
      'Nothing was created.',
    ])
    t.match(JSON.parse(json.stdout), { dry_run: true, total: { per_hour: 0.2 } })
    t.equal(it.one.stored.size, stored)
  })
  t.test('create --dry-run asks nothing of a server that would overlook it', async (t) => {
    const asked: string[] = []
    const stock = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.end(
        '{"name":"Scaleway","registry":"OpenNebula","user_inputs":[],"deployment_confs":[]}',
      )
    }).listen(0, '127.0.0.1')
    t.teardown(() => stock.close())
    await once(stock, 'listening')
    const { port } = stock.address() as AddressInfo
    const login = '--username oneadmin --password opennebula'
    const command = `${create} --dry-run --server http://127.0.0.1:${port} ${login}`
    t.match(await it.edgectl(`${command} --input oneform_hosts=2`), {
      code: 2,
      stderr: /would create the provision/,
    })
    t.strictSame(asked, ['GET /api/v1/drivers/scaleway'])
  })
  t.test('addresses, and the reverse name of one', async (t) => {
    const { stdout } = await it.edgectl(`${create} --no-wait --input oneform_hosts=1`)
    const id = Number(stdout.slice(4))
    const early = await it.edgectl(`provision addresses ${id}`)
    t.match(early, { code: 0, stdout: /^The addresses have not been looked at yet/ })
    t.notMatch((await it.edgectl(`provision show ${id}`)).stdout, /PUBLIC ADDRESSES/)
    const right = {
      ...{ provisionId: id, external: '195.154.0.1', ip: '100.64.0.2', status: 'attached' },
      ...{ reverse: 'a.example.', attachedTo: '51.15.0.11', vm: 7, wantedOn: '51.15.0.11' },
      ...{ verdict: 'right' as const, sentence: null, repair: null },
    }
    const wrong = {
      ...{ ...right, external: '195.154.0.2', attachedTo: null, verdict: 'wrong' as const },
      sentence: '195.154.0.2 of VM 7 is attached nowhere',
    }
    const at = Date.UTC(2026, 10, 22, 8, 19, 47)
    it.reports.set(id, { at, addresses: [right, wrong], findings: ['Host b is silent'] })
    const [addresses, json, show] = await Promise.all([
      it.edgectl(`provision addresses ${id}`),
      it.edgectl(`provision addresses ${id} --json`),
      it.edgectl(`provision show ${id}`),
    ])
    const lines = [
      'LOOKED AT 11/22 08:19:47',
      '  ADDRESS     VM ADDRESS VM ATTACHED TO STATE            REVERSE   ',
      '  195.154.0.1 100.64.0.2 7  51.15.0.11  attached         a.example.',
      '  195.154.0.2 100.64.0.2 7  -           wrong            a.example.',
      '195.154.0.2 of VM 7 is attached nowhere',
      'Host b is silent',
    ].map((line) => line.trimEnd())
    t.strictSame(addresses, { code: 0, stdout: `${lines.join('\n')}\n`, stderr: '' })
    t.match(JSON.parse(json.stdout), { addresses: [{ verdict: 'right' }, { vm_id: 7 }] })
    t.ok(show.stdout.endsWith(`\n\nPUBLIC ADDRESSES\n${lines.join('\n')}\n`), show.stdout)
    it.reports.set(id, new Fault('EDGE_CLOUD_DENIED', 'denied', 'Scaleway refuses this key'))
    t.match(
      await it.edgectl(`provision show ${id}`),
      {
        code: 0,
        stdout: /^PROVISION \d+(.|\n)*\nPUBLIC ADDRESSES\nnot known: Scaleway refuses this key\n$/,
      },
      'all else is shown while addresses are not known',
    )

    const [set, clear, refused, both, neither] = await Promise.all([
      it.edgectl(`provision reverse ${id} 195.154.0.1 www.example.com`),
      it.edgectl(`provision reverse ${id} 195.154.0.1 --clear`),
      it.edgectl(`provision reverse ${id} 195.154.0.1 elsewhere.example.com`),
      it.edgectl(`provision reverse ${id} 195.154.0.1 www.example.com --clear`),
      it.edgectl(`provision reverse ${id} 195.154.0.1`),
    ])
    t.match(set, { code: 0, stdout: '195.154.0.1 is www.example.com\n' })
    t.match(clear, { code: 0, stdout: /^195.154.0.1 is 1-2-3-4\.rev\.example\.com\.\n$/ })
    t.match(refused, { code: 2, stderr: /Scaleway refuses — answer: reverse must_resolve/ })
    for (const outcome of [both, neither])
      t.match(outcome, { code: 2, stderr: 'Give either a host name or --clear\n' })
  })
  t.test('undeploy, delete and logs', async (t) => {
    const { provisions } = it.documents
    const { stdout } = await it.edgectl(`${create} --no-wait --input oneform_hosts=1`)
    const id = Number(stdout.slice(4))
    await provisions.update(id, (body) => ({ ...body, state: states.RUNNING }))
    it.play.undeploy = async (gone) => {
      play(it, gone, { kind: 'state', state: 'DEPROVISIONING' })
      await ends(it, gone, 'DONE')
    }
    t.match(await it.edgectl(`provision logs ${id}`), {
      code: 0,
      stderr: /^$/,
      stdout: /^\[debug\] # Logfile.*\n\[info\] .* allocated\n\[debug\] .* provider\n$/,
    })
    t.match(await it.edgectl(`provision delete ${id}`), {
      code: 2,
      stderr: /RUNNING cannot be deleted/,
    })
    t.match(await it.edgectl(`provision undeploy ${id} --json`), {
      code: 0,
      stdout: `{\n  "id": ${id}\n}\n`,
      stderr: /DEPROVISIONING\n.*DONE\n$/,
    })
    const unknown = await it.edgectl('provision undeploy 4711')
    t.match(unknown, { code: 2, stderr: 'Error getting document 4711\n' })
    const nobody = await it.edgectl(`provision undeploy ${id} --server http://127.0.0.1:9`)
    t.match(nobody, { code: 1, stderr: /No controller answers/ })
    t.match(await it.edgectl(`provision undeploy ${id}`), {
      code: 2,
      stderr: 'Cannot deprovision provision in state: DONE\n',
    })
    t.match(await it.edgectl('provision list'), { code: 0 })
    t.match(await it.edgectl(`provision delete ${id}`), { code: 0, stdout: '' })
    t.match(await it.edgectl(`provision show ${id}`), { code: 2, stderr: /Error getting document/ })
    const another = await it.edgectl(`${create} --no-wait --input oneform_hosts=1`)
    const forced = Number(another.stdout.slice(4))
    await provisions.update(forced, (body) => ({ ...body, state: states.RUNNING }))
    t.match(await it.edgectl(`provision delete ${forced} --force`), {
      code: 0,
      stderr: /DEPROVISIONING\n.*DONE\n$/,
    })
    t.notOk(it.one.stored.has(forced), 'nothing is left of it, its entry neither')
    const over = await it.edgectl(`${create} --no-wait --input oneform_hosts=1`)
    const done = Number(over.stdout.slice(4))
    await provisions.update(done, (body) => ({ ...body, state: states.DONE }))
    const began = performance.now()
    t.match(await it.edgectl(`provision delete ${done} --force`), { code: 0, stdout: '' })
    t.ok(performance.now() - began < 10_000, 'one that is done is deleted at once')
    t.notOk(it.one.stored.has(done))
  })
})

t.test('ipam replay runs logged calls of the drivers again, and needs no controller', async (t) => {
  const it = await shell(t)
  const env = { ONEFORM_URL: 'http://127.0.0.1:9' }
  const ran = async (driver: 'get_address' | 'free_address', xml: string) => {
    const call = { argv: ['7'], input: base64(xml), ask: () => Promise.reject(new Error('asked')) }
    const { outcome } = await perform(driver, drivers[driver], call)
    return lineOf({ driver, argv: call.argv, input: call.input, outcome, ms: 50, at: 0 })
  }
  const get = messages.find(({ driver }) => driver === 'get_address')?.xml ?? ''
  const [good, freed] = [await ran('get_address', get), await ran('free_address', 'odd')]
  const other = good.replace('172.16.0.6\\"', '172.16.0.8\\"')
  const log = join(it.home, 'ipam.log')
  writeFileSync(log, [good, freed, other, good.slice(0, 99), ''].join('\n'))

  const [all, first, third, json, ninth, nowhere] = await Promise.all([
    it.edgectl(`ipam replay ${log}`, { env }),
    it.edgectl(`ipam replay ${log} --line 1`, { env }),
    it.edgectl(`ipam replay ${log} --line 3`, { env }),
    it.edgectl(`ipam replay ${log} --line 2 --json`, { env }),
    it.edgectl(`ipam replay ${log} --line 9`, { env }),
    it.edgectl('ipam replay /nonexistent', { env }),
  ])
  t.match(all, { code: 1, stdout: /^4 runs, 2 of them not answered as they were$/m, stderr: '' })
  t.match(first, { code: 0, stdout: /^line 1: 1970-.* get_address, the same\n1 runs, 0 of them/ })
  t.match(third, { code: 1, stdout: /not the same\n {2}then: .*0\.8.*\n {2}now: {2}.*0\.6/ })
  t.match(JSON.parse(json.stdout), [{ at: 2, same: true, now: { exitCode: 0 } }])
  t.match(ninth, { code: 2, stderr: /has no line 9\n$/ })
  t.match(nowhere, { code: 2, stderr: 'Cannot read /nonexistent (ENOENT)\n' })
})
