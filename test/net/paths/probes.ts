import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Machine } from '../agent/fabric.ts'

/** What a machine's probes are told to do. */
export type Ask =
  | { readonly kind: 'icmp'; readonly to: string; readonly patienceMs: number }
  | {
      readonly kind: 'tcp'
      readonly to: string
      readonly port: number
      readonly patienceMs: number
    }
  | {
      readonly kind: 'udp'
      readonly to: string
      readonly port: number
      /** base64 */
      readonly payload: string
      readonly patienceMs: number
      readonly sourcePort?: number
    }
  | { readonly kind: 'arrived'; readonly token: string }
  | { readonly kind: 'open'; readonly flow: string; readonly to: string }
  | {
      readonly kind: 'say'
      readonly flow: string
      readonly text: string
      readonly patienceMs: number
    }

/** Listeners and a prober inside one machine. */
export interface Probes {
  ask(words: Ask): Promise<string>
  stop(): Promise<void>
}

/** Starts them; `namespace`: in that router namespace of the machine. They die with this process. */
export async function startProbes({ pid }: Machine, namespace?: string): Promise<Probes> {
  const enter = namespace === undefined ? [] : ['nsenter', `--net=/run/netns/${namespace}`, '--']
  const child = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'nsenter', '-t', String(pid), '-n', '-m', '--', ...enter],
      ...[process.execPath, fileURLToPath(import.meta.resolve('./probe-agent.ts'))],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const waiting = new Map<string, (seen: string) => void>()
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the probes could not be started')))
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'ready') return resolve()
      const { id, seen } = JSON.parse(line) as { id: string; seen: string }
      waiting.get(id)?.(seen)
      waiting.delete(id)
    })
  })
  return {
    ask: (words) =>
      new Promise((resolve) => {
        const id = randomUUID()
        waiting.set(id, resolve)
        child.stdin.write(`${JSON.stringify({ id, ask: words })}\n`)
      }),
    stop: () => ended(child),
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise((resolve) => {
    child.once('exit', resolve)
    child.kill('SIGKILL')
  })
}
