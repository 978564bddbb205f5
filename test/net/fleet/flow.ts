import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import type { Machine } from './machine.ts'

/** What became of a flow of numbered packets. */
export interface Passage {
  readonly sent: number
  readonly lost: number
  /** Longest time without an answer, in milliseconds. */
  readonly stallMs: number
}

/** Packets on their way, one every so often. */
export interface Flow {
  readonly title: string
  /** What became of those sent since the last look, once an answer came, or after 10 s without one. */
  lap(): Promise<Passage>
  stop(): void
}

export interface FlowOptions {
  readonly everyMs?: number
  /** Source address, where the machine has several. */
  readonly source?: string
}

/** Pings from a machine; resolves once the first answer is there. Throws when none comes in 30 s. */
export async function ping(
  machine: Machine,
  target: string,
  { everyMs = 20, source }: FlowOptions = {},
): Promise<Flow> {
  const bound = source === undefined ? [] : ['-I', source]
  const words = ['ping', '-n', '-D', '-i', String(everyMs / 1000), ...bound, target]
  const child = spawn('nsenter', ['-t', String(machine.pid), '-n', '--', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const seen = new Map<number, number>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, at, number] = /^\[([\d.]+)\] .*icmp_seq=(\d+) ttl=/.exec(line) ?? []
    if (number !== undefined) seen.set(Number(number), Number(at) * 1000)
  })
  const title = `${machine.name} → ${target}`
  const answerAfter = async (number: number, patienceMs: number): Promise<number | null> => {
    const end = performance.now() + patienceMs
    const newest = () => Math.max(...seen.keys())
    while (newest() <= number && performance.now() < end) await pause(10)
    return newest() > number ? newest() : null
  }
  const first = await answerAfter(0, 30_000)
  if (first === null) {
    child.kill('SIGKILL')
    throw new Error(`${title}: no answer`)
  }
  let from = first
  return {
    title,
    async lap() {
      const newest = Math.max(...seen.keys())
      const last = await answerAfter(newest, deadAfterMs)
      // Answers that others have overtaken.
      await pause(300)
      // Nothing answers any more: what was sent meanwhile is lost.
      const until = last ?? newest + Math.round(deadAfterMs / everyMs)
      const answered = [...seen].filter(([number]) => number >= from && number <= until)
      const times = answered.map(([, at]) => at).toSorted((a, b) => a - b)
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at))
      const sent = until - from + 1
      from = until + 1
      return { sent, lost: sent - answered.length, stallMs: Math.round(Math.max(0, ...gaps)) }
    },
    stop: () => void child.kill('SIGKILL'),
  }
}

const deadAfterMs = 10_000
