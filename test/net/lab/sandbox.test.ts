import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { outcome } from '../../lab/sandbox/command.ts'
import { enterKept, readKept, stopKept } from '../../lab/sandbox/kept-state.ts'
import { missingForLab } from '../../lab/sandbox/missing.ts'
import { startSandbox } from '../../lab/sandbox/sandbox.ts'
import { type Marks, pin, tracesOf } from './traces.ts'

const launcher = join(import.meta.dirname, 'launcher.ts')
/** Says what it is known by, makes things that a sandbox must take with it, then does `more`. */
const busy = (more: string, trap = '') => [
  'bash',
  '-c',
  `${trap}
   ip netns add internet
   ip link add one type veth peer name two netns internet
   mount -t tmpfs "$LAB_NAME" /mnt
   mkdir -p "$LAB_DIR/cgroup/$LAB_NAME/em-1/deep"
   setsid sleep 1001 & (setsid sleep 1002 &)
   echo "$LAB_NAME $(readlink /proc/self/ns/net)"
   ${more}`,
]

function launch(...words: string[]): ChildProcess {
  return spawn(process.execPath, [launcher, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function marksOf(child: ChildProcess): Promise<Marks> {
  const [line] = await once(child.stdout?.setEncoding('utf8') ?? child, 'data')
  const [name = '', net = ''] = String(line).trim().split(' ')
  await pin(net)
  return { name, net }
}

/** Its exit code and signal, also when it ended while something else was awaited. */
async function endOf(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return [child.exitCode, child.signalCode]
}

async function gone(marks: Marks): Promise<string[]> {
  for (let i = 0; i < 100 && (await tracesOf(marks)).length > 0; i++) await pause(50)
  return await tracesOf(marks)
}

t.test('this machine can run the lab', async (t) => {
  const missing = await missingForLab()
  t.same(
    missing.filter((what) => !/package sudo/.test(what)),
    [],
  )
})

t.test('what is missing is named in plain words', async (t) => {
  const path = process.env['PATH']
  t.teardown(() => {
    process.env['PATH'] = path
  })
  process.env['PATH'] = '/nonexistent'
  t.match((await missingForLab()).join(), /the program vtysh \(package frr\)/)
})

t.test('a sandbox ends with its program, whose exit code it has', async (t) => {
  const child = launch('run', ...busy('exit 7'))
  const [marks, [code]] = await Promise.all([marksOf(child), endOf(child)])
  t.equal(code, 7)
  t.match(marks.net, /^net:/)
  t.same(await tracesOf(marks), [])
})

t.test('a signal reaches the program once, for a graceful end', async (t) => {
  const child = launch(
    'run',
    ...busy('sleep 1003 & wait', 'trap "echo told; sleep 0.3; exit 9" INT'),
  )
  const marks = await marksOf(child)
  t.not((await tracesOf(marks)).length, 0)
  child.kill('SIGINT')
  const [told] = await once(child.stdout ?? child, 'data')
  t.equal(told, 'told\n')
  t.same(await endOf(child), [9, null])
  t.same(await tracesOf(marks), [])
})

t.test('a second signal ends a program that does not listen', async (t) => {
  const child = launch('run', ...busy('while :; do sleep 0.1; done', 'trap "echo told" INT'))
  const marks = await marksOf(child)
  child.kill('SIGINT')
  await once(child.stdout ?? child, 'data')
  child.kill('SIGINT')
  t.same(await endOf(child), [137, null])
  t.same(await tracesOf(marks), [])
})

t.test('a supervisor killed -9 leaves nothing behind', async (t) => {
  const child = launch('run', ...busy('sleep 1004'))
  const marks = await marksOf(child)
  child.kill('SIGKILL')
  t.same(await gone(marks), [])
})

t.test('metal servers die with their supervisor, too', async (t) => {
  const child = launch('run', process.execPath, join(import.meta.dirname, 'one-server.ts'))
  const marks = await marksOf(child)
  t.match((await tracesOf(marks)).join('\n'), /watchfrr/)
  child.kill('SIGKILL')
  t.same(await gone(marks), [])
})

t.test('two sandboxes at once do not meet', async (t) => {
  const children = [1, 2].map(() => launch('run', ...busy('sleep 1005')))
  const [a, b] = await Promise.all(children.map(marksOf))
  if (!a || !b) return t.fail('both must start')
  t.not(a.net, b.net)
  children[0]?.kill('SIGKILL')
  t.same(await gone(a), [])
  t.not((await tracesOf(b)).length, 0, 'the other one goes on')
  children[1]?.kill('SIGKILL')
  t.same(await gone(b), [])
})

t.test('a program that cannot be run is an exit code, not a sandbox', async (t) => {
  const sandbox = await startSandbox({
    program: ['/nonexistent'],
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  sandbox.stderr?.resume()
  t.equal((await sandbox.ended).code, 127)
})

t.test('a kept sandbox outlives its launcher, can be entered, and is stopped', async (t) => {
  const stateFile = join(t.testdir(), 'kept.json')
  t.teardown(() => stopKept(stateFile))
  const ready = 'echo ready >&"$LAB_READY_FD"; while :; do sleep 0.1; done'
  const child = launch('keep', stateFile, ...busy(ready, 'trap "exit 0" INT'))
  const marks = await marksOf(child)
  t.same(await endOf(child), [0, null])
  const kept = await readKept(stateFile)
  if (!kept) return t.fail('there must be a state file')
  t.equal(kept.name, marks.name)
  const seen = await outcome(enterKept(kept, ['readlink', '/proc/1/ns/net']))
  t.equal(seen.stdout, marks.net, seen.stderr)
  await stopKept(stateFile)
  t.same(await tracesOf(marks), [])
  t.notOk(existsSync(stateFile))
  await stopKept(stateFile)
})

t.test('until it is ready, a sandbox to be kept dies with its launcher', async (t) => {
  const child = launch('keep', join(t.testdir(), 'kept.json'), ...busy('sleep 1006'))
  const marks = await marksOf(child)
  child.kill('SIGKILL')
  t.same(await gone(marks), [])
})

t.test('a kept sandbox whose supervisor is killed is forgotten', async (t) => {
  const stateFile = join(t.testdir(), 'kept.json')
  t.teardown(() => stopKept(stateFile))
  const child = launch('keep', stateFile, ...busy('echo ready >&"$LAB_READY_FD"; sleep 1007'))
  const marks = await marksOf(child)
  await endOf(child)
  const kept = await readKept(stateFile)
  process.kill(kept?.supervisor ?? 0, 'SIGKILL')
  t.same(await gone(marks), [])
  t.equal(await readKept(stateFile), undefined)
})
