import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { states } from '../../../controller/documents/index.ts'
import { makeProvider, makeProvision } from '../api/calls.ts'
import { type Shell, shell } from './support.ts'
import { noTerminal, type } from './typing.ts'

// many short processes, on a machine that may be busy with other tests
t.setTimeout(300_000)

/** A provision that runs and has hosts; undeployed, it is done at once. */
async function running(it: Shell, name: string, hosts: number): Promise<number> {
  const id = await makeProvision(it)
  await it.documents.provisions.update(id, (body) => {
    const host = (index: number) => ({ id: index, name: `host-${index}`, resource_id: 'r' })
    body.one_objects.hosts = Array.from({ length: hosts }, (_, index) => host(index))
    body.state = states.RUNNING
    body.name = name
    return undefined
  })
  it.play.undeploy = async (gone) => {
    await it.documents.provisions.update(gone, (body) => ({ ...body, state: states.DONE }))
    it.events.emit({ provision: gone, at: 0, kind: 'state', state: 'DONE' })
  }
  it.asked.length = 0
  return id
}

t.test('on a terminal', { skip: noTerminal }, async (t) => {
  t.test('undeploying shows names, hosts and machines of all, and asks once', async (t) => {
    const it = await shell(t)
    const [one, two] = [await running(it, 'paris', 3), await running(it, 'lyon', 0)]
    const machine = { vm: ['11', '13'] }
    it.unmanaged.set(one, { hosts: { 12: machine }, networks: { 20: { vm: ['13'] } } })
    await it.documents.provisions.update(one, (body) => {
      body.user_inputs_values['billing'] = 'monthly'
      return undefined
    })
    const command = `provision undeploy ${one},${two},4711 --force`
    const no = await type(it, command, [['Undeploy these 2 provisions?', '']])
    t.equal(no.code, 1)
    for (const line of [
      'provision 4711: Error getting document 4711',
      '  ID NAME                  STATE            HOSTS IN USE BY',
      `  ${one}  paris                 RUNNING          3     2 VM`,
      `  ${two}  lyon                  RUNNING          0     -`,
      `Servers of provision ${one} are paid by the month; what is paid is not given back`,
      'Nothing was changed',
    ])
      t.match(no.screen, `${line}\n`)
    t.strictSame(it.asked, [])
    const yes = await type(it, command, [['Undeploy these 2 provisions?', 'yes']])
    t.equal(yes.code, 2, 'for the one there is not')
    t.strictSame(it.asked.toSorted(), [`undeploy ${one} forced`, `undeploy ${two} forced`])
    t.notMatch(yes.screen, /Go on\?/, 'one question is enough')
  })

  t.test('one that is named alone is asked about too, but not with --yes', async (t) => {
    const it = await shell(t)
    const id = await running(it, 'paris', 1)
    const no = await type(it, `provision undeploy ${id}`, [['Undeploy this provision?', 'n']])
    t.match(no, {
      code: 1,
      screen: /paris +RUNNING +1 +-\n.*\? \[y\/N\] n\nNothing was changed\n$/,
    })
    t.strictSame(it.asked, [])
    const yes = await type(it, `provision undeploy paris --yes`, [])
    t.match(yes, { code: 0, screen: /DONE|^$/ })
    t.notMatch(yes.screen, /\[y\/N\]/)
    t.strictSame(it.asked, [`undeploy ${id}`])
  })

  t.test('what is deleted by force, and several, are asked about', async (t) => {
    const it = await shell(t)
    const [one, two] = [await running(it, 'paris', 1), await running(it, 'lyon', 1)]
    const forced = await type(it, `provision delete ${one} --force`, [
      ['Delete this provision?', ''],
    ])
    t.match(forced, { code: 1, screen: /paris +RUNNING +1/ })
    const several = await type(it, `provision delete ${one},${two}`, [['these', '']])
    t.match(several, { code: 1, screen: /lyon +RUNNING +1(.|\n)*Nothing was changed/ })
    const alone = await type(it, `provision delete ${one}`, [])
    t.match(alone, { code: 2, screen: /^Provision in state RUNNING cannot be deleted/ })
    t.strictSame(it.asked, [])
  })

  t.test('a host whose money is lost is asked about, but not with --yes', async (t) => {
    const it = await shell(t)
    const id = await running(it, 'paris', 2)
    await it.documents.provisions.update(id, (body) => {
      body.user_inputs_values['billing'] = 'monthly'
      return undefined
    })
    const command = `provision del-host ${id} --amount 1 --no-wait`
    t.match(await type(it, command, [['Go on?', '']]), { code: 1 })
    t.strictSame(it.asked, [])
    const yes = await type(it, `${command} --yes`, [])
    t.match(yes, { code: 0, screen: /^Servers of provision \d+ are paid by the month[^\n]*\n$/ })
    t.strictSame(it.asked, [`remove hosts of ${id}: {"amount":1}, refuse`])
  })

  t.test('a provider is shown with what it is needed for', async (t) => {
    const it = await shell(t)
    const id = await makeProvider(it)
    const question = 'Delete this provider?'
    const no = await type(it, `provider delete ${id}`, [[question, '']])
    t.match(no, { code: 1, screen: /ID NAME +DRIVER +PROVISIONS\n +\d+ +scw +scaleway +-\n/ })
    t.ok(it.one.stored.has(id))
    t.match(await type(it, `provider delete ${id}`, [[question, 'y']]), { code: 0 })
    t.notOk(it.one.stored.has(id))
  })

  t.test('where standard error goes elsewhere the terminal itself is asked on', async (t) => {
    const it = await shell(t)
    const id = await running(it, 'paris', 1)
    const elsewhere = `provision undeploy ${id} 2>&1 | tee "$HOME/log"`
    const no = await type(it, elsewhere, [['Undeploy this provision?', 'n']])
    t.match(no.screen, /paris +RUNNING +1 +-\n.*\? \[y\/N\] n\n/)
    t.equal(readFileSync(join(it.home, 'log'), 'utf8'), 'Nothing was changed\n')
    t.strictSame(it.asked, [])
    await it.documents.provisions.update(id, (body) => {
      body.user_inputs_values['billing'] = 'monthly'
      return undefined
    })
    const money = `provision del-host ${id} --amount 1 --no-wait 2> "$HOME/log"`
    const spared = await type(it, money, [['Go on?', '']])
    t.match(spared, {
      code: 1,
      screen: /^Servers of provision \d+ are paid by the month.*\nGo on\?/,
    })
    t.strictSame(it.asked, [])
    t.match(await type(it, money, [['Go on?', 'y']]), { code: 0 })
    t.equal(it.asked.length, 1)
  })

  t.test('who cannot be asked there is told of --yes, and nothing is done', async (t) => {
    const it = await shell(t)
    const [one, two] = [await running(it, 'paris', 1), await running(it, 'lyon', 1)]
    // a session of its own has no terminal to open
    const edgectl = 'setsid --wait "$NODE" "$MAIN"'
    const line = `${edgectl} provision undeploy ${one},${two} 2> "$HOME/log"`
    t.match(await type(it, '', [], { line }), { code: 2, screen: /^$/ })
    const said = readFileSync(join(it.home, 'log'), 'utf8')
    t.match(said, /^Nobody can be asked: .* \(ENXIO\); --yes goes ahead\n$/)
    t.strictSame(it.asked, [])
    t.match(await type(it, '', [], { line: `${line} --yes` }), { code: 0 })
    t.equal(it.asked.length, 2)
  })

  t.test('under the names of the stock commands nobody is asked', async (t) => {
    const it = await shell(t)
    const id = await running(it, 'paris', 1)
    const name = 'oneprovision'
    t.match(await type(it, `undeploy ${id}`, [], { name }), { code: 0, screen: /^$/ })
    t.match(await type(it, `delete ${id} --force`, [], { name }), { code: 0, screen: /^$/ })
    t.notOk(it.one.stored.has(id))
  })
})

t.test('where there is no terminal nobody is asked', async (t) => {
  const it = await shell(t)
  const [one, two] = [await running(it, 'paris', 1), await running(it, 'lyon', 1)]
  t.match(await it.edgectl(`provision undeploy ${one},${two} --force`), { code: 0 })
  t.strictSame(it.asked.toSorted(), [`undeploy ${one} forced`, `undeploy ${two} forced`])
})
