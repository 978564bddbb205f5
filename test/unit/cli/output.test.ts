import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse as parseYaml } from 'yaml'
import { type Routes, stockServer } from './stock-server.ts'
import { program } from './support.ts'

// many short processes, on a machine that may be busy with other tests
t.setTimeout(300_000)

const document = (ID: string, NAME: string, state: string) => ({
  DOCUMENT: {
    ...{ ID, NAME, UNAME: 'oneadmin', GNAME: 'oneadmin', PERMISSIONS: {} },
    TEMPLATE: { PROVISION_BODY: { state, registration_time: 1_700_000_000 } },
  },
})
const three: Routes = [
  [
    /^GET \/provisions$/,
    () => [
      document('7', 'red', 'RUNNING'),
      document('8', 'green', 'APPLYING_FAILURE'),
      document('12', 'blue', 'DONE'),
    ],
  ],
]

t.test('lists take filters and columns, and filters hold for data too', async (t) => {
  const it = await program(t)
  const { url } = await stockServer(t, three)
  const list = (args: string) => it.run('edgectl', `provision list ${args}`, url)
  const [named, others, has, both, columns, data, column, filter] = await Promise.all([
    list('--filter NAME=red --list ID,NAME'),
    list('-f STATE!=RUNNING -l id --no-header'),
    list('--filter NAME~re -l NAME --no-header'),
    list('--filter NAME~re,STATE=RUNNING -l NAME --no-header'),
    list('-l STATE,ID'),
    list('--filter STATE=DONE --json'),
    list('--list COLOUR'),
    list('--filter red'),
  ])
  t.equal(named.stdout, '  ID NAME\n  7  red\n')
  t.equal(others.stdout, '  8\n  12\n')
  t.equal(has.stdout, '  red\n  green\n')
  t.equal(both.stdout, '  red\n')
  t.match(columns.stdout, /^ {2}STATE {12}ID\n {2}RUNNING {10}7\n/)
  t.match(JSON.parse(data.stdout), [{ ID: '12' }])
  t.match(column, { code: 2, stderr: /^There is no column "COLOUR"; there are ID, USER, / })
  t.match(filter, { code: 2, stderr: /^"red" is no filter like NAME=edge/ })
})

t.test('without a terminal nothing is coloured, unless somebody forces it', async (t) => {
  const it = await program(t)
  const { url } = await stockServer(t, three)
  const [plain, forced, neither, failure, doctor] = await Promise.all([
    it.run('edgectl', 'provision list', url),
    it.run('edgectl', 'provision list', url, { env: { FORCE_COLOR: '1' } }),
    it.run('edgectl', 'provision list', url, { env: { NO_COLOR: '1' } }),
    it.run('edgectl', 'provision show 4711', url, { env: { FORCE_COLOR: '1' } }),
    it.run('edgectl', 'doctor --root /nonexistent', url, { env: { FORCE_COLOR: '1' } }),
  ])
  t.notMatch(plain.stdout, '\x1b')
  t.equal(neither.stdout, plain.stdout)
  t.match(forced.stdout, '\x1b[32mRUNNING')
  t.match(forced.stdout, '\x1b[31mAPPLYING_FAILURE')
  t.match(forced.stdout, '\x1b[1m\x1b[4mID')
  t.match(doctor.stdout, '\x1b[90mskipped\x1b[39m')
  t.match(failure.stderr, '\x1b[31mError getting document [4711]\x1b[39m\n')
})

t.test(
  'several are done one after the other; a failure is told and the others go on',
  async (t) => {
    const it = await program(t)
    const { url, asked } = await stockServer(t)
    const outcome = await it.run('edgectl', 'provision delete 41..44 --json', url)
    t.equal(outcome.code, 2)
    t.strictSame(outcome.stderr.split('\n'), [
      'provision 41: Error getting document [41]',
      'provision 44: Error getting document [44]',
      '',
    ])
    t.strictSame(JSON.parse(outcome.stdout), [{ id: 42 }, { id: 43 }])
    t.equal(asked.length, 4)
  },
)

t.test('--yaml has what --json has', async (t) => {
  const it = await program(t)
  const { url } = await stockServer(t)
  for (const command of ['provision show 42', 'provider list', 'driver show scaleway']) {
    const json = await it.run('edgectl', `${command} -j`, url)
    const yaml = await it.run('edgectl', `${command} -y`, url)
    t.match(yaml, { code: 0, stderr: '' }, command)
    t.not(yaml.stdout, json.stdout, command)
    t.strictSame(parseYaml(yaml.stdout), JSON.parse(json.stdout), command)
  }
  t.match(await it.run('edgectl', 'provider list -j -y', url), { code: 2, stdout: '' })
})

t.test('a request comes in YAML or JSON, from a file or standard input', async (t) => {
  const it = await program(t)
  const yaml =
    'name: edge\nuser_inputs_values:\n  oneform_hosts: 3\n  instance_os_name: ubuntu_2404\n'
  const file = join(it.home, 'request.yaml')
  writeFileSync(file, yaml)
  const create = 'provision create scaleway -p 7 --no-wait'
  const body = async (args: string, stdin?: string) => {
    const { url, asked } = await stockServer(t)
    const outcome = await it.run('edgectl', args, url, stdin === undefined ? {} : { stdin })
    t.match(outcome, { code: 0, stdout: 'ID: 42\n', stderr: '' }, args)
    return JSON.parse(asked.at(-1)?.body ?? '') as object
  }
  const wanted = {
    ...{ driver: 'scaleway', deployment_type: 'ssh_cluster', provider_id: '7', name: 'edge' },
    user_inputs_values: { oneform_hosts: 3, instance_os_name: 'ubuntu_2404' },
  }
  t.strictSame(await body(`${create} ${file}`), wanted)
  t.strictSame(await body(`${create} -`, yaml), wanted)
  t.strictSame(await body(`${create} -`, JSON.stringify(wanted)), wanted)
  t.match(await body(`${create} ${file} --input oneform_hosts=5 --name other`), {
    ...{ name: 'other', user_inputs_values: { oneform_hosts: '5' } },
  })
  const { url, asked } = await stockServer(t)
  for (const text of ['- a\n- b\n', 'just words', 'a: [', '{"a": secret-4711']) {
    const outcome = await it.run('edgectl', `${create} -`, url, { stdin: text })
    t.strictSame(outcome, {
      ...{
        code: 2,
        stdout: '',
        stderr: 'Standard input does not hold an object in JSON or YAML\n',
      },
    })
  }
  t.strictSame(asked, [])
})

t.test('standard input is nobody’s unless asked for: a loop over ids keeps its ids', async (t) => {
  const it = await program(t)
  const { url, asked } = await stockServer(t)
  const outcome = await it.run('edgectl', 'provision delete', url, { stdin: '42\n' })
  t.match(outcome, { code: 2, stderr: /Missing 1 required arg/ })
  t.strictSame(asked, [])
})

t.test('top lists once where nobody watches', async (t) => {
  const it = await program(t)
  const { url, asked } = await stockServer(t, three)
  const [top, list] = await Promise.all([
    it.run('edgectl', 'provision top --delay 1', url),
    it.run('edgectl', 'provision list', url),
  ])
  t.strictSame(top, list)
  t.equal(asked.length, 2)
})

t.test('what a stock server does not know is refused in a sentence', async (t) => {
  const it = await program(t)
  const { url, asked } = await stockServer(t)
  const [leaks, replace, waiting] = await Promise.all([
    it.run('edgectl', 'leaks list', url),
    it.run('edgectl', 'provision replace-host 42 1', url),
    it.run('edgectl', 'provision create scaleway -p 7 --input oneform_hosts=1', url),
  ])
  const sentence = (route: string) =>
    `This server has no ${route}: it is a stock OneForm server, or an older edgectl\n`
  t.match(leaks, { code: 2, stderr: sentence('GET /api/v1/leaks') })
  t.match(replace, { code: 2, stderr: sentence('POST /api/v1/provisions/42/replace-host') })
  t.match(waiting, { code: 1, stdout: 'ID: 42\n', stderr: /^This server does not tell how work/ })
  const posts = asked.filter(({ method }) => method === 'POST').map(({ path }) => path)
  t.strictSame(posts.sort(), ['/api/v1/provisions', '/api/v1/provisions/42/replace-host'])
})
