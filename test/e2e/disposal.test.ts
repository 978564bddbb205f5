import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { missingForLab } from '../lab/sandbox/index.ts'
import { leftBehind, lookAtMachine } from './machine.ts'

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
async function nothingLeft(before: Awaited<ReturnType<typeof lookAtMachine>>): Promise<string[]> {
  for (let look = 0; look < 50; look++) {
    const left = leftBehind(before, await lookAtMachine())
    if (left.length === 0) return left
    await pause(200)
  }
  return leftBehind(before, await lookAtMachine())
}

t.test('Ctrl-C in the middle of installing agents leaves nothing behind', { skip }, async (t) => {
  const before = await lookAtMachine()
  const run = startDemo()
  await run.seen(/CONFIGURING_PROVISION/)
  t.ok(leftBehind(before, await lookAtMachine()).length > 0, 'the look would see what is there')
  run.kill('SIGINT')
  t.equal(await run.ended, 130)
  t.same(await nothingLeft(before), [])
})

t.test(
  'two demos at the same time do not meet, and one that is killed leaves nothing',
  { skip },
  async (t) => {
    const before = await lookAtMachine()
    const [one, other] = [startDemo(), startDemo()]
    await one.seen(/APPLYING/)
    one.kill('SIGKILL')
    t.equal(await other.ended, 0, 'the other proves all it claims')
    await one.ended
    t.same(await nothingLeft(before), [])
  },
)
