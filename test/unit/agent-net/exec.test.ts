import t from 'tap'
import {
  createExec,
  fixedProgram,
  insideNamespace,
  throughPipe,
  underLock,
} from '../../../agent/exec/index.ts'
import { silent } from '../../../lib/log/index.ts'

const exec = createExec({ logger: silent })

t.test('a process that fails is told as a fact, not thrown', async (t) => {
  const { code, stdout, stderr } = await exec.run(fixedProgram('echo out; echo err >&2; exit 3'))
  t.same([code, stdout, stderr], [3, 'out\n', 'err\n'])
})

t.test('a program that does not exist is a fact too', async (t) => {
  const { code, stderr } = await exec.run(['no-such-program-anywhere'])
  t.equal(code, null)
  t.match(stderr, 'ENOENT')
})

t.test('a process past its deadline is ended and said to have taken too long', async (t) => {
  const { timedOut, elapsedMs } = await exec.run(['sleep', '10'], { deadlineMs: 100 })
  t.ok(timedOut)
  t.ok(elapsedMs < 5000)
})

t.test('what nobody waits for any more is ended, with all that it started', async (t) => {
  const stop = new AbortController()
  const running = exec.run(fixedProgram('sleep 300 & sleep 300'), { signal: stop.signal })
  setTimeout(() => stop.abort(), 100)
  // Its output is held open by whatever still runs.
  t.match(await running, { code: null, timedOut: false })
  t.match(await exec.run(['true'], { signal: AbortSignal.abort() }), { timedOut: false })
})

t.test('a child that ends without reading its input does no harm', async (t) => {
  const { code } = await exec.run(['true'], { input: 'x'.repeat(1_000_000) })
  t.equal(code, 0)
})

t.test('a program that refuses sockets gets its input through a pipe, whole', async (t) => {
  const kind = ['stat', '-L', '-c', '%F', '/dev/stdin']
  t.match((await exec.run(kind, { input: 'x' })).stdout, 'socket', 'what Node gives')
  t.match((await exec.run(throughPipe(kind), { input: 'x' })).stdout, 'fifo')
  const long = 'a line\n'.repeat(100_000)
  t.equal((await exec.run(throughPipe(['wc', '-c']), { input: long })).stdout.trim(), '700000')
  t.equal((await exec.run(throughPipe(['false']), { input: long })).code, 1)
})

t.test('children see the C locale and none of our own environment', async (t) => {
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
  await exec.follow(
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
    void exec.follow(
      fixedProgram('exec 9< "$1"; flock 9; echo held; sleep 0.5; echo done', [path]),
      (line) => {
        if (line === 'held') resolve()
      },
      stop.signal,
    )
  })
  await held
  const { code, elapsedMs } = await exec.run(underLock(path, ['true']))
  t.equal(code, 0)
  t.ok(elapsedMs > 200, `waited ${elapsedMs} ms`)
  stop.abort()
  const absent = await exec.run(underLock(`${path}-absent`, ['test', '!', '-e', `${path}-absent`]))
  t.equal(absent.code, 0)
})
