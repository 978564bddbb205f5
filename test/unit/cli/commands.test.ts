import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, Parser } from '@oclif/core'
import t, { type Test } from 'tap'
import { CHOSEN, COMMANDS } from '../../../controller/cli/index.ts'
import { lineOf } from '../../../ipam/runs/index.ts'
import { drivers, perform } from '../../../ipam/wire/index.ts'
import { base64, messages } from '../ipam/messages.ts'
import { runHere } from './here.ts'
import { type Routes, stockServer } from './stock-server.ts'
import { type Outcome, program, words } from './support.ts'

// many short processes, on a machine that may be busy with other tests
t.setTimeout(300_000)

interface Row {
  /** Arguments with which it succeeds. */
  readonly good: string
  /** Arguments that name what is not there; a wrong URL where a command takes none. */
  readonly bad?: string
  /** Other than 0, when it succeeds. */
  readonly code?: number
  /** False where what it prints is no answer but a script. */
  readonly data?: false
}

/** Every command there is: one that is missing here fails the test below. */
const table: Readonly<Record<string, Row>> = {
  completion: { good: 'bash', bad: 'tcsh', data: false },
  doctor: { good: '--root /nonexistent', bad: "--root ''", code: 1 },
  'driver:disable': { good: 'scaleway', bad: 'nosuch' },
  'driver:enable': { good: 'scaleway', bad: 'nosuch' },
  'driver:list': { good: '--enabled' },
  'driver:show': { good: 'scaleway', bad: 'nosuch' },
  'driver:sync': { good: '' },
  'ipam:replay': { good: 'LOG', bad: '/nonexistent' },
  'leaks:list': { good: '', code: 3 },
  'leaks:release': { good: 'vpc/a1 --yes', bad: 'vpc/zz --yes' },
  'provider:chgrp': { good: '7 1', bad: '99 1' },
  'provider:chmod': { good: 'prov 640', bad: '99 640' },
  'provider:chown': { good: '7 1 2', bad: '99 1' },
  'provider:create': { good: 'scaleway --input secret_key=s', bad: 'nosuch --input secret_key=s' },
  'provider:delete': { good: 'prov', bad: '99' },
  'provider:list': { good: '--filter NAME=prov', bad: '--filter COLOUR=red' },
  'provider:rename': { good: 'prov paris', bad: '99 paris' },
  'provider:show': { good: 'prov', bad: '99' },
  'provider:update': { good: '7 --name paris', bad: '99 --name paris' },
  'provision:add-host': { good: 'edge --no-wait', bad: '99 --no-wait' },
  'provision:add-ip': { good: 'edge --no-wait', bad: '99 --no-wait' },
  'provision:addresses': { good: '42', bad: '99' },
  'provision:adopt': { good: '42', bad: '99' },
  'provision:chgrp': { good: '42 1', bad: '99 1' },
  'provision:chmod': { good: '42 640', bad: '99 640' },
  'provision:chown': { good: '42 1', bad: '99 1' },
  'provision:create': {
    good: 'scaleway -p prov --input oneform_hosts=1 --no-wait',
    bad: 'scaleway -p nobody --input oneform_hosts=1 --no-wait',
  },
  'provision:del-host': { good: '42 --ids 1 --no-wait', bad: '99 --ids 1 --no-wait' },
  'provision:del-ip': { good: '42 5 --no-wait', bad: '99 5 --no-wait' },
  'provision:delete': { good: '42', bad: '99' },
  'provision:fleet': { good: '42', bad: '99' },
  'provision:list': { good: '--all', bad: '--list COLOUR' },
  'provision:logs': { good: 'edge', bad: '99' },
  'provision:recover': { good: '42 applying --no-wait', bad: '99 APPLYING --no-wait' },
  'provision:rename': { good: '42 other', bad: '99 other' },
  'provision:replace-host': { good: '42 1 --no-wait', bad: '99 1 --no-wait' },
  'provision:retry': { good: '42 --no-wait', bad: '99 --no-wait' },
  'provision:reverse': { good: '42 51.15.0.77 --clear', bad: '99 51.15.0.77 --clear' },
  'provision:show': { good: 'edge', bad: '99' },
  'provision:top': { good: '' },
  'provision:undeploy': { good: 'edge --no-wait', bad: '99 --no-wait' },
  'provision:unmanaged': { good: '42', bad: '99' },
  'provision:update': { good: '42 --input oneform_hosts=2', bad: '99 --input oneform_hosts=2' },
}

const leak = {
  ...{ id: 'vpc/a1', code: 'second', kind: 'vpc', name: 'edge', provision_id: 7, since: 0 },
  ...{ provision_uuid: 'u', place: 'p', evidence: ['a'], price: null },
}
const adoption = {
  ...{ dry_run: true, provision: { id: 42, name: 'edge' }, provider: null, price: null },
  ...{ found: [], change: [], in_the_way: [], stays_behind: [], plan: '0'.repeat(32) },
}
const ours: Routes = [
  [/^GET \/leaks$/, () => ({ looked_at: 0, leaks: [leak], watched: [], not_looked_at: [] })],
  [/^POST \/leaks\/release$/, () => ({ accepted: ['vpc/a1'] })],
  [/^GET \/leaks\/releases$/, () => [{ id: 'vpc/a1', outcome: 'released', sentence: 'Gone' }]],
  [/^GET \/provisions\/42\/addresses$/, () => ({ looked_at: 0, addresses: [], findings: [] })],
  [/^POST \/provisions\/42\/adopt$/, () => adoption],
  [/^GET \/provisions\/42\/fleet$/, () => ({ hosts: [], refusals: [] })],
  [/^POST \/provisions\/42\/replace-host$/, () => ''],
  [/^POST \/provisions\/42\/reverse$/, () => ({ address: '51.15.0.77', reverse: 'a.example.' })],
]

/** A line that a driver has left in its log. */
async function driverRun(): Promise<string> {
  const driver = 'get_address'
  const xml = messages.find((message) => message.driver === driver)?.xml ?? ''
  const call = { argv: ['7'], input: base64(xml), ask: () => Promise.reject(new Error('asked')) }
  const { outcome } = await perform(driver, drivers[driver], call)
  return lineOf({ driver, argv: call.argv, input: call.input, outcome, ms: 50, at: 0 })
}

const ids = Object.keys(COMMANDS)

t.test('the table names every command, and no other', async (t) => {
  t.strictSame(Object.keys(table).sort(), [...ids].sort())
})

t.test('every command says what it does, and its examples are right', async (t) => {
  for (const [id, command] of Object.entries(COMMANDS)) {
    t.ok(command.summary && command.summary.length <= 62, id)
    t.ok(command.examples.length >= 2, id)
    for (const example of command.examples) await t.resolves(parsed(id, command, String(example)))
  }
})

/** Reads an example as the shell and oclif would; it must be of the very command. */
async function parsed(id: string, command: Command.Class, example: string): Promise<void> {
  const [, line = ''] = example.split('<%= config.bin %> ')
  const argv = words(line.replace(/ [<|>] .*$|\)$/, ''))
  const own = id.split(':')
  if (argv.slice(0, own.length).join(':') !== id) throw new Error(`${example} is not ${id}`)
  const { args, flags, baseFlags, strict } = command
  const known = { ...baseFlags, ...flags }
  await Parser.parse(argv.slice(own.length), { args, flags: known, strict })
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function oneLine(t: Test, outcome: Outcome, name: string): void {
  t.equal(outcome.code, 2, name)
  t.equal(outcome.stdout, '', name)
  t.match(outcome.stderr, /^[^\n]{10,}\n$/, `${name}: one line`)
  t.notMatch(outcome.stderr, /\bat \S+:\d+|Error:/, `${name}: no stack`)
}

t.test('every command tells of itself, and refuses in one line what cannot be meant', async (t) => {
  const { url } = await stockServer(t, ours)
  const env = { ONEFORM_URL: url, ONEFORM_USER: 'oneadmin', ONEFORM_PASSWORD: 'opennebula' }
  // nothing is asserted meanwhile: what tap writes would be taken for theirs
  const outcomes: { id: string; help: Outcome; unknown: Outcome; wrong: Outcome; bad: string }[] =
    []
  for (const id of ids) {
    const { good, bad = '--server nonsense' } = table[id] ?? { good: '' }
    const run = (args: string) => runHere(`${id.replaceAll(':', ' ')} ${args}`, env)
    const help = await run('--help')
    const unknown = await run(`${good} --nonsense`)
    outcomes.push({ id, help, unknown, wrong: await run(bad), bad })
  }
  for (const { id, help, unknown, wrong, bad } of outcomes) {
    t.match(help, { code: 0, stderr: '' }, `${id} --help`)
    t.match(help.stdout, /^EXAMPLES\n {2}\$ /m, `${id} --help`)
    oneLine(t, unknown, `${id} --nonsense`)
    oneLine(t, wrong, `${id} ${bad}`)
  }
})

t.test('a start knows only what it can be about, whatever was started before it', async (t) => {
  for (const words of ['provider list', 'completion']) await runHere(`${words} --help`, {})
  t.strictSame(Object.keys(CHOSEN), ['completion'])
})

t.test('a process that only tells of itself, or refuses, ends', async (t) => {
  const it = await program(t)
  const { url } = await stockServer(t, ours)
  const [help, unknown, wrong, missing] = await Promise.all([
    it.run('edgectl', 'provision show --help', url),
    it.run('edgectl', 'provision show 42 --nonsense', url),
    it.run('edgectl', 'provision show 42 --server nonsense', url),
    it.run('edgectl', 'provision show 99', url),
  ])
  t.match(help, { code: 0, stdout: /^EXAMPLES\n/m, stderr: '' })
  oneLine(t, unknown, 'an unknown flag')
  oneLine(t, wrong, 'a wrong URL')
  oneLine(t, missing, 'a missing object')
})

t.test('every command runs, as text and as data', async (t) => {
  const it = await program(t)
  const log = join(it.home, 'ipam.log')
  writeFileSync(log, `${await driverRun()}\n`)
  const server = await stockServer(t, ours)
  const run = (id: string, args: string) =>
    it.run('edgectl', `${id.replaceAll(':', ' ')} ${args.replace('LOG', log)}`, server.url)
  const check = async (id: string) => {
    const { good, code = 0, data = true } = table[id] ?? { good: '' }
    const [json, text] = [await run(id, `${good} --json`), await run(id, good)]
    t.match(json, { code, stderr: id === 'leaks:release' ? /released/ : '' }, `${id} --json`)
    if (data) t.ok(isObject(JSON.parse(json.stdout)), `${id} --json`)
    t.equal(text.code, code, id)
  }
  const queue = [...ids]
  const worker = async () => {
    for (let id = queue.shift(); id; id = queue.shift()) await check(id)
  }
  await Promise.all([worker(), worker(), worker()])
})
