import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { missingForLab } from '../lab/sandbox/index.ts'
import { leftOf, machineItself, type Watch, watchRun } from './footprint.ts'

const missing = await missingForLab()
const skip = missing.length > 0 ? `the lab needs ${missing.join(', ')}` : false
const demo = join(import.meta.dirname, '../lab/demo/main.ts')

interface Run {
  /** Resolves when a line like this was printed. */
  seen(pattern: RegExp): Promise<void>
  readonly pid: number
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<number | null>
}

function startDemo(): Run {
  const child = spawn(process.execPath, [demo, '--json'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const lines: string[] = []
  const watchers = new Set<() => void>()
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line)
    for (const watcher of watchers) watcher()
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    ended,
    seen: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (lines.some((line) => pattern.test(line))) resolve()
        }
        watchers.add(look)
        look()
        void ended.then(() =>
          reject(new Error(`It ended without ${pattern}:\n${lines.join('\n')}`)),
        )
      }),
  }
}

/** The kernel takes down namespaces a moment after their last process. */
async function left({ footprint }: Watch): Promise<string[]> {
  for (let look = 0; look < 50; look++) {
    const lines = await leftOf(footprint)
    if (lines.length === 0) return lines
    await pause(200)
  }
  return await leftOf(footprint)
}

async function newOnMachine(before: ReadonlySet<string>): Promise<string[]> {
  return [...(await machineItself())].filter((line) => !before.has(line))
}

t.test('Ctrl-C in the middle of installing agents leaves nothing behind', { skip }, async (t) => {
  const before = await machineItself()
  const run = startDemo()
  const watch = watchRun(run.pid)
  await run.seen(/CONFIGURING_PROVISION/)
  const there = (await leftOf(watch.footprint)).map((line) => line.split(' ')[0])
  t.same([...new Set(there)], ['process', 'cgroup'], 'the look would see what is there')
  run.kill('SIGINT')
  t.equal(await run.ended, 130)
  await watch.end()
  t.same(await left(watch), [])
  t.same(await newOnMachine(before), [])
})

t.test(
  'two demos at the same time do not meet, and one that is killed leaves nothing',
  { skip },
  async (t) => {
    const before = await machineItself()
    const [one, other] = [startDemo(), startDemo()]
    const watches = [watchRun(one.pid), watchRun(other.pid)]
    await one.seen(/APPLYING/)
    one.kill('SIGKILL')
    t.equal(await other.ended, 0, 'the other proves all it claims')
    await one.ended
    for (const watch of watches) {
      await watch.end()
      t.same(await left(watch), [])
    }
    t.same(await newOnMachine(before), [])
  },
)
