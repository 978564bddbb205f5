import t from 'tap'
import { states } from '../../../controller/documents/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { makeProvider, makeProvision } from '../api/calls.ts'
import { type Shell, shell } from './support.ts'

// many short processes, on a machine that may be busy with other tests
t.setTimeout(180_000)

async function running(it: Shell): Promise<number> {
  const id = await makeProvision(it)
  await it.documents.provisions.update(id, (body) => ({ ...body, state: states.RUNNING }))
  it.asked.length = 0
  it.play.change = (changed) => ends(it, changed, 'RUNNING')
  return id
}

async function ends(it: Shell, id: number, state: 'RUNNING' | 'SCALING_FAILURE'): Promise<void> {
  const tell = (event: Parameters<typeof it.events.emit>[0]) => it.events.emit(event)
  const common = { provision: id, at: Date.now() }
  tell({ ...common, kind: 'state', state: 'SCALING' })
  if (state === 'SCALING_FAILURE')
    tell({ ...common, kind: 'step', name: 'host-3', status: 'failed', detail: 'no stock' })
  await it.documents.provisions.update(id, (body) => ({ ...body, state: states[state] }))
  tell({ ...common, kind: 'state', state })
}

t.test('hosts and addresses are added and taken away, with progress', async (t) => {
  const it = await shell(t)
  const id = await running(it)
  const commands: [string, string][] = [
    [`add-host ${id}`, `add 1 hosts to ${id}`],
    [`add-host ${id} -a 2 --no-wait`, `add 2 hosts to ${id}`],
    [`del-host ${id} --ids 12,13`, `remove hosts of ${id}: {"hostIds":[12,13]}, refuse`],
    [`del-host ${id} --amount 1 --migrate`, `remove hosts of ${id}: {"amount":1}, migrate`],
    [`replace-host ${id} 12 --force`, `replace host 12 of ${id}, terminate`],
    [`add-ip ${id} --amount 3`, `add 3 addresses to ${id}`],
    [`del-ip ${id} 2`, `remove range 2 of ${id}`],
  ]
  for (const [words] of commands) {
    const outcome = await it.edgectl(`provision ${words} --json`)
    t.match(outcome, { code: 0, stdout: `{\n  "id": ${id}\n}\n` }, words)
    if (words.includes('--no-wait')) t.equal(outcome.stderr, '')
    else t.match(outcome.stderr, /SCALING\n.*RUNNING\n$/, words)
  }
  t.strictSame(
    it.asked,
    commands.map(([, asked]) => asked),
  )
})

t.test('before a server paid by the month goes it is said that the money is lost', async (t) => {
  const it = await shell(t)
  const id = await running(it)
  const warned = /^Servers of provision \d+ are paid by the month; what is paid is not given back\n/
  const commands = ['del-host ID --amount 1', 'replace-host ID 12', 'undeploy ID']
  for (const words of commands) {
    const command = `provision ${words.replace('ID', `${id}`)} --no-wait`
    t.notMatch(await it.edgectl(command), { stderr: warned }, words)
  }
  await it.documents.provisions.update(id, (body) => {
    body.user_inputs_values['billing'] = 'monthly'
    body.state = states.RUNNING
    return undefined
  })
  for (const words of commands) {
    const command = `provision ${words.replace('ID', `${id}`)} --no-wait`
    t.match(await it.edgectl(command), { code: 0, stderr: warned }, words)
  }
})

t.test('an address is taken away by its name', async (t) => {
  const it = await shell(t)
  const id = await running(it)
  await it.documents.provisions.update(id, (body) => {
    const ar = [
      { ipam: 'scaleway', ar_id: 0, ip: '51.15.0.76' },
      { ipam: 'scaleway', ar_id: 4, ip: '51.15.0.77' },
    ]
    body.one_objects.networks = [{ id: 20, name: 'public', template: { vn_mad: 'elastic', ar } }]
    return undefined
  })
  t.match(await it.edgectl(`provision del-ip ${id} 51.15.0.77`), { code: 0 })
  t.match(await it.edgectl(`provision del-ip ${id} 51.15.0.99`), {
    code: 2,
    stderr: `Provision ${id} has no public address 51.15.0.99; it has 51.15.0.76, 51.15.0.77\n`,
  })
  t.strictSame(it.asked, [`remove range 4 of ${id}`])
})

t.test('what cannot be meant is refused here, what failed says how to go on', async (t) => {
  const it = await shell(t)
  const id = await running(it)
  const [neither, both, word, guests] = await Promise.all([
    it.edgectl(`provision del-host ${id}`),
    it.edgectl(`provision del-host ${id} --ids 1 --amount 1`),
    it.edgectl(`provision del-host ${id} --ids one`),
    it.edgectl(`provision del-host ${id} --amount 1 --force --migrate`),
  ])
  t.match(neither, {
    code: 2,
    stderr: 'Say which hosts go with --ids, or how many with --amount\n',
  })
  t.match(word, { code: 2, stderr: '"one" is not the id of a host: ids are numbers\n' })
  for (const outcome of [both, guests]) t.match(outcome, { code: 2, stderr: /^[^\n]+\n$/ })
  const context = { hosts: { 12: { vm: ['11', '17'] } } }
  it.play.refusal = new Fault('EDGE_PROVISION_UNMANAGED', 'conflict', 'In the way', { context })
  t.match(await it.edgectl(`provision del-host ${id} --ids 12`), {
    ...{ code: 2, stderr: 'In the way: host 12 has vm 11, 17\n' },
  })
  delete it.play.refusal
  it.play.change = (changed) => ends(it, changed, 'SCALING_FAILURE')
  const failed = await it.edgectl(`provision add-host ${id}`)
  t.match(failed, {
    code: 1,
    stderr: new RegExp(`SCALING_FAILURE: host-3: no stock; .* retry ${id} --give-up leaves out`),
  })
  it.play.retry = (retried) => ends(it, retried, 'RUNNING')
  t.match(await it.edgectl(`provision retry ${id} --give-up`), { code: 0 })
  t.equal(it.asked.at(-1), `retry ${id} without what has not come`)
})

t.test('who asks for all or nothing, or for enough, is told how it ended', async (t) => {
  const it = await shell(t)
  const provider = await makeProvider(it)
  const create = `provision create scaleway -p ${provider} --input oneform_hosts=3`
  const made = await it.edgectl(`${create} --min-hosts 2 --no-wait`)
  const { body } = await it.documents.provisions.get(Number(made.stdout.slice(4)))
  t.equal(body.min_hosts, 2)
  it.play.create = async (id) => {
    const common = { provision: id, at: Date.now() }
    it.events.emit({
      ...common,
      kind: 'step',
      name: 'host-2',
      status: 'failed',
      detail: 'no stock',
    })
    await it.documents.provisions.update(id, (draft) => ({ ...draft, state: states.DONE }))
    it.events.emit({ ...common, kind: 'state', state: 'DONE' })
  }
  t.match(await it.edgectl(`${create} --atomic`), {
    code: 1,
    stderr: /ended in DONE: host-2: no stock; nothing is left of it, .* logs \d+ tells more\n$/,
  })
  t.match(await it.edgectl(`${create} --min-hosts 4`), { code: 2, stderr: /must not be more than/ })
})
