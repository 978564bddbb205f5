import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import {
  createExec,
  type Exec,
  fixedProgram,
  insideNamespace,
  pythonProgram,
  underLock,
} from '../../../agent/exec/index.ts'
import { silent } from '../../../lib/log/index.ts'

const direct = createExec({ logger: silent })
const execs = { 'by itself': direct, 'by a hand': createExec({ logger: silent, hand: true }) }
/** The same of both ways to start programs. */
function of(title: string, check: (t: Test, exec: Exec) => Promise<void>): void {
  for (const [how, exec] of Object.entries(execs)) t.test(`${title}, ${how}`, (t) => check(t, exec))
}

of('a process that fails is told as a fact, not thrown', async (t, exec) => {
  const { code, stdout, stderr } = await exec.run(fixedProgram('echo out; echo err >&2; exit 3'))
  t.same([code, stdout, stderr], [3, 'out\n', 'err\n'])
})

of('a program that does not exist is a fact too', async (t, exec) => {
  const { code, stderr } = await exec.run(['no-such-program-anywhere'])
  t.equal(code, null)
  t.match(stderr, /ENOENT|no-such-program-anywhere cannot be started: No such file/)
})

of('a process past its deadline is ended and said to have taken too long', async (t, exec) => {
  const { timedOut, elapsedMs } = await exec.run(['sleep', '10'], { deadlineMs: 100 })
  t.ok(timedOut)
  t.ok(elapsedMs < 5000)
})

of('what nobody waits for any more is ended, with all that it started', async (t, exec) => {
  const stop = new AbortController()
  const running = exec.run(fixedProgram('sleep 300 & sleep 300'), { signal: stop.signal })
  setTimeout(() => stop.abort(), 100)
  // Its output is held open by whatever still runs.
  t.match(await running, { code: null, timedOut: false })
  t.match(await exec.run(['true'], { signal: AbortSignal.abort() }), { timedOut: false })
})

of('a child that ends without reading its input does no harm', async (t, exec) => {
  const { code } = await exec.run(['true'], { input: 'x'.repeat(1_000_000) })
  t.equal(code, 0)
})

t.test('a hand gives programs a pipe for stdin, not the socket that Node gives', async (t) => {
  const kind = ['stat', '-L', '-c', '%F', '/dev/stdin']
  t.match((await direct.run(kind, { input: 'x' })).stdout, 'socket')
  t.match((await execs['by a hand'].run(kind, { input: 'x' })).stdout, 'fifo')
})

of('children see the C locale and none of our own environment', async (t, exec) => {
  process.env['EDGE_TEST_SECRET'] = 'not for children'
  const { stdout } = await exec.run(['env'])
  t.match(stdout, 'LC_ALL=C')
  t.notMatch(stdout, 'EDGE_TEST_SECRET')
})

t.test('a prefix comes before every argv', async (t) => {
  const prefixed = createExec({ logger: silent, prefix: ['env', 'WHERE=inside'] })
  t.equal((await prefixed.run(fixedProgram('echo $WHERE'))).stdout, 'inside\n')
})

t.test('a followed process gives its lines as they come, until told to stop', async (t) => {
  const stop = new AbortController()
  const lines: string[] = []
  await direct.follow(
    fixedProgram('echo one; echo two; exec sleep 10'),
    (line) => {
      lines.push(line)
      if (lines.length === 2) stop.abort()
    },
    stop.signal,
  )
  t.same(lines, ['one', 'two'])
})

t.test(
  'what runs in a namespace is entered by nsenter, what runs on the host is not',
  async (t) => {
    t.same(insideNamespace(null, ['ip', 'link']), ['ip', 'link'])
    t.same(insideNamespace('fx4', ['ip', 'link']), [
      'nsenter',
      '--net=/run/netns/fx4',
      '--',
      'ip',
      'link',
    ])
  },
)

t.test("somebody else's lock is waited for, and never made", async (t) => {
  const path = `${t.testdir({ lock: '' })}/lock`
  const stop = new AbortController()
  const held = new Promise<void>((resolve) => {
    void direct.follow(
      fixedProgram('exec 9< "$1"; flock 9; echo held; sleep 0.5; echo done', [path]),
      (line) => {
        if (line === 'held') resolve()
      },
      stop.signal,
    )
  })
  await held
  const { code, elapsedMs } = await direct.run(underLock(path, ['true']))
  t.equal(code, 0)
  t.ok(elapsedMs > 200, `waited ${elapsedMs} ms`)
  stop.abort()
  const absent = await direct.run(
    underLock(`${path}-absent`, ['test', '!', '-e', `${path}-absent`]),
  )
  t.equal(absent.code, 0)
})

t.test('a hand starts many programs at once, and each gets what is its own', async (t) => {
  const { 'by a hand': exec } = execs
  const long = 'x'.repeat(300_000)
  const echoes = await Promise.all(
    Array.from({ length: 40 }, (_, index) => exec.run(['cat'], { input: `${index}${long}` })),
  )
  t.same(
    echoes.map(({ stdout }, index) => stdout === `${index}${long}`),
    echoes.map(() => true),
  )
  const [slow, quick] = [exec.run(['sleep', '0.5']), exec.run(['true'])]
  const first = await Promise.race([slow.then(() => 'slow'), quick.then(() => 'quick')])
  t.equal(first, 'quick')
  await slow
})

t.test('a python program is told from others, and dies alone', async (t) => {
  const { 'by a hand': exec } = execs
  const program = pythonProgram(
    `begin(len(sys.argv)); say(sys.stdin.buffer.read()); sys.exit(int(sys.argv[1]))`,
    ['4', 'ö\n'],
  )
  t.match(await exec.run(program, { input: 'in' }), { code: 4, stdout: '\x013\0in' })
  t.match(await direct.run(program, { input: 'in' }), { code: 4, stdout: '\x013\0in' })
  t.match(await exec.run(pythonProgram('raise ValueError("no")')), {
    code: 1,
    stderr: /ValueError: no/,
  })
  t.match(await exec.run(pythonProgram('os.kill(os.getpid(), 9)')), {
    ...{ code: null, timedOut: false, stderr: 'ended by signal 9' },
  })
  t.match(await exec.run(['true']), { code: 0 })
})

t.test('programs end with a hand that dies, and the next one has a new hand', async (t) => {
  const exec = createExec({ logger: silent, hand: true })
  const parent = async () => Number((await exec.run(fixedProgram('echo $PPID'))).stdout)
  const hand = await parent()
  t.equal(await parent(), hand, 'it stays')
  const pidFile = `${t.testdir({})}/pid`
  const running = exec.run(fixedProgram('echo $$ > "$1"; exec sleep 60', [pidFile]))
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '')
  process.kill(hand, 'SIGKILL')
  const { code, stderr } = await running
  t.equal(code, null)
  t.match(stderr, /hand that starts programs ended: .*SIGKILL/)
  t.ok(stderr.length < 400)
  const pid = readFileSync(pidFile, 'utf8').trim()
  await until(() => !existsSync(`/proc/${pid}`))
  t.not(await parent(), hand)
})

t.test(
  'who left something behind that holds its output ends with its deadline, alone',
  async (t) => {
    const { 'by a hand': exec } = execs
    const parent = async () => (await exec.run(fixedProgram('echo $PPID'))).stdout
    const hand = await parent()
    const stubborn = await exec.run(fixedProgram('setsid sleep 7 & exit 3'), { deadlineMs: 300 })
    t.match(stubborn, { code: 3, timedOut: true })
    t.equal(await parent(), hand)
  },
)

t.test('what no program can be given is a fact, and the hand stays', async (t) => {
  const { 'by a hand': exec } = execs
  const parent = async () => (await exec.run(fixedProgram('echo $PPID'))).stdout
  const hand = await parent()
  t.match(await exec.run(['echo', 'a\0b']), {
    code: null,
    stderr: /echo cannot be started: .*null/,
  })
  t.equal(await parent(), hand)
})

t.test('more than anybody reads ends a program, and is said', async (t) => {
  const { code, stderr } = await execs['by a hand'].run(['cat', '/dev/zero'])
  t.equal(code, null)
  t.match(stderr, /printed more than 67108864 bytes, ended by signal 9/)
})

t.test('without a hand programs are started all the same, and it is told once', async (t) => {
  const warnings: string[] = []
  const logger = { ...silent, warn: (message: string) => void warnings.push(message) }
  for (const python of ['/nonexistent/python3', '/bin/false', '/bin\0/false']) {
    warnings.length = 0
    const exec = createExec({ logger, hand: true, python })
    for (const input of ['x', 'y'])
      t.match(await exec.run(['cat'], { input }), { code: 0, stdout: input }, python)
    t.match(warnings, [/^The hand that starts programs ended: /], python)
    t.equal(warnings.length, 1)
  }
})

t.test('a hand ends with whoever it works for, even killed', async (t) => {
  const path = join(import.meta.dirname, '../../../agent/exec/index.ts')
  const script = `const { createExec, fixedProgram } = await import(${JSON.stringify(path)})
    const quiet = { debug() {}, info() {}, warn() {}, error() {} }
    const exec = createExec({ logger: quiet, hand: true })
    const { stdout } = await exec.run(fixedProgram('echo $PPID'))
    const isKilled = process.argv[1] === 'die'
    if (isKilled) void exec.run(fixedProgram('echo $$ > "$1"; exec sleep 60', [process.argv[2]]))
    const mayDie = () => isKilled && setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1000)
    process.stdout.write(stdout, mayDie)`
  const pidFile = `${t.testdir({})}/pid`
  for (const words of [[], ['die', pidFile]]) {
    const { stdout } = await direct.run([
      process.execPath,
      '--input-type=module',
      '-e',
      script,
      ...words,
    ])
    const hand = Number(stdout)
    t.ok(hand > 1)
    const pids = words.length === 0 ? [hand] : [hand, Number(readFileSync(pidFile, 'utf8'))]
    for (const pid of pids) await until(() => !existsSync(`/proc/${pid}`))
  }
})

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20))
}
