// The rules of OpenNebula's stock elastic driver for its plug-ins, each with the messages it sends.
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { createElasticStage } from './elastic-stage.ts'

const folder = new URL('../../recorded/vnm/', import.meta.url)
const recorded = (name: string) => readFileSync(new URL(`${name}.xml`, folder), 'utf8')
const argvOf = (name: string) =>
  [
    ...readFileSync(new URL(`${name}.argv.txt`, folder), 'utf8').matchAll(/^argv\[\d\]=(.*)$/gm),
  ].map(([, word = '']) => word)

const first = '172.16.0.66 51.159.0.16 of VM 7'
const plugged = '172.16.0.62 51.159.0.15 of VM 7'
const none = { exitCode: 0, stdout: '', stderr: '' }

/** The document with one more NIC, in a wrapper of its own as the stock driver gets it. */
function withNic(document: string, nic: Readonly<Record<string, string>>, kind = 'NIC'): string {
  const members = Object.entries({ VN_MAD: 'elastic', BRIDGE: 'brp', ...nic })
    .map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`)
    .join('')
  const wrapped = `<TEMPLATE><${kind}>${members}</${kind}></TEMPLATE>`
  return document.replace(/<\/VM>\s*$/, `${wrapped}</VM>`)
}
const second = { NIC_ID: '2', IP: '100.64.0.8', GATEWAY: '100.64.0.9', EXTERNAL_IP: '195.154.0.2' }
const third = { NIC_ID: '3', IP: '100.64.0.10', GATEWAY: '100.64.0.11', EXTERNAL_IP: '195.154.0.3' }

t.test('every recorded message of the driver is handled', async (t) => {
  const it = await createElasticStage(t)
  const want: Readonly<Record<string, readonly string[]>> = {
    '005-elastic-post': [`assign ${first} on host 0`],
    // Live migration: the VM runs on the source until the controller hears of its state.
    '035-elastic-clean': [`unassign ${first} on h1 (host 1)`],
    '037-elastic-post': [`assign ${first} on host 1`],
    // Cold migration, told no differently: only the controller can tell them apart.
    '040-elastic-clean': [`unassign ${first} on h2 (host 0)`],
    '058-elastic-post': [`assign ${plugged} on host 1`],
    '063-elastic-clean': [`unassign ${plugged} on h2 (host 1)`],
    '093-elastic-clean': [`unassign ${first} on h2 (host 1)`],
  }
  const names = readdirSync(folder)
    .filter((name) => /-(post|clean)\.xml$/.test(name))
    .map((name) => name.replace('.xml', ''))
  t.strictSame(names, Object.keys(want), 'the others never reach the front-end or the plug-in')
  for (const [name, asked] of Object.entries(want)) {
    const action = name.endsWith('post') ? 'post' : 'clean'
    const ran = await it.run(action, argvOf(name), recorded(name))
    t.strictSame(it.asked.splice(0), asked, name)
    if (name !== '037-elastic-post') t.strictSame(ran, none, name)
    t.equal(ran.stdout, '', `${name}: no stock command is left to run on a host`)
  }
})

t.test('in live migration nothing but the assign counts', async (t) => {
  const it = await createElasticStage(t)
  const ran = await it.run('post', argvOf('037-elastic-post'), recorded('037-elastic-post'))
  t.match(ran, { exitCode: 1, stderr: /Bad argument/ }, 'the stock driver looks on the wrong host')
  t.strictSame(it.asked, [`assign ${first} on host 1`], 'and its rollback is not heeded')
})

t.test(
  'of several addresses each is assigned, released and emptied of stock commands',
  async (t) => {
    const it = await createElasticStage(t)
    const document = withNic(withNic(recorded('005-elastic-post'), second), third)
    t.strictSame(await it.run('post', ['one-7', 'h1'], document), none)
    const all = [first, '100.64.0.8 195.154.0.2 of VM 7', '100.64.0.10 195.154.0.3 of VM 7']
    t.strictSame(
      it.asked.splice(0),
      all.map((one) => `assign ${one} on host 0`),
    )
    t.strictSame(await it.run('clean', ['h1'], document), none)
    t.strictSame(
      it.asked,
      all.map((one) => `unassign ${one} on h1 (host 0)`),
    )
  },
)

t.test(
  'when the second of them is refused, the user reads why and the first is given back',
  async (t) => {
    const it = await createElasticStage(t)
    it.answer = (line) =>
      line.includes('195.154.0.2')
        ? { status: 409, message: '195.154.0.2 is in use by VM 3' }
        : { status: 200, message: '' }
    const document = withNic(withNic(recorded('005-elastic-post'), second), third)
    const ran = await it.run('post', ['one-7', 'h1'], document)
    const sentence = 'Elastic IP 195.154.0.2: 195.154.0.2 is in use by VM 3'
    t.strictSame(ran, { exitCode: 1, stdout: '', stderr: `${sentence}\n` })
    t.strictSame(it.asked, [
      `assign ${first} on host 0`,
      'assign 100.64.0.8 195.154.0.2 of VM 7 on host 0',
      // Whether it is in use after all is for the controller to see.
      `unassign ${first} on h1 (host 0)`,
    ])
  },
)

t.test('of a NIC that is plugged in or out only that one is spoken of', async (t) => {
  const it = await createElasticStage(t)
  const document = withNic(recorded('005-elastic-post'), { ...second, ATTACH: 'YES' })
  await it.run('post', ['one-7', 'h1'], document)
  await it.run('clean', ['h1'], document)
  const one = '100.64.0.8 195.154.0.2 of VM 7 on'
  t.strictSame(it.asked, [`assign ${one} host 0`, `unassign ${one} h1 (host 0)`])
})

t.test('an alias is an address like any other, also when it is plugged in', async (t) => {
  const it = await createElasticStage(t)
  const alias = { ...second, PARENT_ID: '0', ALIAS_ID: '0' }
  const whole = withNic(recorded('005-elastic-post'), alias, 'NIC_ALIAS')
  t.strictSame(await it.run('post', ['one-7', 'h1'], whole), none)
  t.strictSame(it.asked.splice(0), [
    `assign ${first} on host 0`,
    'assign 100.64.0.8 195.154.0.2 of VM 7 on host 0',
  ])
  const hot = withNic(recorded('005-elastic-post'), { ...alias, ATTACH: 'YES' }, 'NIC_ALIAS')
  t.strictSame(await it.run('post', ['one-7', 'h1'], hot), none)
  t.strictSame(await it.run('clean', ['h1'], hot), none)
  const one = '100.64.0.8 195.154.0.2 of VM 7 on'
  t.strictSame(it.asked, [`assign ${one} host 0`, `unassign ${one} h1 (host 0)`])
})

t.test('a clean never fails, whatever the controller says and however often', async (t) => {
  const it = await createElasticStage(t)
  const document = recorded('093-elastic-clean')
  for (const status of [200, 404, 409, 500, 503]) {
    it.answer = () => ({ status, message: 'no' })
    const { exitCode, stdout, stderr } = await it.run('clean', ['h2'], document)
    t.strictSame([exitCode, stdout], [0, ''], String(status))
    t.ok(status === 200 || /^INFO: .* stays where it is: no\n$/.test(stderr), stderr)
  }
  t.strictSame(new Set(it.asked), new Set([`unassign ${first} on h2 (host 1)`]))
})

t.test('a range without EXTERNAL_IP is named, and cleaned without a word', async (t) => {
  const it = await createElasticStage(t)
  const document = recorded('005-elastic-post').replace(/<EXTERNAL_IP>.*?<\/EXTERNAL_IP>/, '')
  const ran = await it.run('post', ['one-7', 'h1'], document)
  const sentence = 'Elastic IP of 172.16.0.66: its address range has no EXTERNAL_IP\n'
  t.strictSame(ran, { exitCode: 1, stdout: '', stderr: sentence })
  t.strictSame(await it.run('clean', ['h1'], document), none)
  t.strictSame(it.asked, [])
})
