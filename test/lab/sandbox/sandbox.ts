import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { constants } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

export interface SandboxOptions {
  /** The program that runs inside, with its arguments. */
  readonly program: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Begins the sandbox's unique name (its hostname and cgroup); `lab` unless given. */
  readonly name?: string
  /** Standard input, output and error of the program; the caller's own unless given. */
  readonly stdio?: ['inherit' | 'ignore', 'inherit' | 'pipe', 'inherit' | 'pipe']
}

export interface Sandbox {
  readonly name: string
  /** A process whose namespaces (`ns/mnt`, `ns/net`, … and `ns/pid_for_children`) are the sandbox's. */
  readonly pid: number
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  /** Resolves when the program calls `declareReady`; otherwise never. */
  readonly ready: Promise<void>
  /** Resolves when the program has ended and nothing is left; 128 + n when ended by signal n. */
  readonly ended: Promise<{ code: number }>
  /** Passes a signal to the program, for a graceful end. */
  signal(name: 'INT' | 'TERM'): void
  /** Ends everything inside at once. */
  kill(): void
}

/**
 * Starts a program in namespaces of its own (pid, mount, net, uts, ipc), with a private /run, `lo` up
 * and a cgroup subtree of its own (`/run/lab/cgroup/<name>`). Everything it starts ends with it, with
 * `kill`, and with this process, even when that is killed. Needs root.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const name = `${options.name ?? 'lab'}-${process.pid}-${randomBytes(3).toString('hex')}`
  const outer = join(import.meta.dirname, 'outer.sh')
  const child = spawn('unshare', ['--mount', 'bash', outer, name, ...options.program], {
    env: { ...(options.env ?? process.env), LAB_READY_FD: '6' },
    stdio: [...(options.stdio ?? inherited), 'pipe', 'pipe', 'pipe', 'pipe'],
    // A terminal's Ctrl-C must reach the program once, by `signal`, not also directly.
    detached: true,
  })
  const [orders, lifeline] = [pipeOf(child, 3), pipeOf(child, 4)]
  const ended = once(child, 'exit').then(([code, signal]) => ({ code: codeOf(code, signal) }))
  return {
    name,
    pid: await firstNumber(child.stdio.at(5) as Readable, ended),
    stdout: child.stdout,
    stderr: child.stderr,
    ready: new Promise((resolve) => {
      ;(child.stdio.at(6) as Readable).once('data', () => resolve())
    }),
    ended,
    signal: (signal) => void orders.write(`${signal}\n`),
    kill: () => {
      orders.end()
      lifeline.end()
    },
  }
}

const inherited = ['inherit', 'inherit', 'inherit'] as const

/** How long a program has for its graceful end after the first signal, in milliseconds. */
const graceMs = 60_000

/**
 * Runs a program in a sandbox to its end. SIGINT and SIGTERM to this process are passed on to it; a
 * second one, or a minute without an end, kills.
 */
export async function runInSandbox(options: SandboxOptions): Promise<{ code: number }> {
  const sandbox = await startSandbox(options)
  const release = passSignals(sandbox)
  try {
    return await sandbox.ended
  } finally {
    release()
  }
}

/** Passes this process's SIGINT and SIGTERM on to a sandbox; returns what undoes that. */
export function passSignals(sandbox: Pick<Sandbox, 'signal' | 'kill'>): () => void {
  let patience: NodeJS.Timeout | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (patience) return sandbox.kill()
    sandbox.signal(signal === 'SIGTERM' ? 'TERM' : 'INT')
    patience = setTimeout(() => sandbox.kill(), graceMs)
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return () => {
    clearTimeout(patience)
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

function pipeOf(child: ChildProcess, fd: number): Writable {
  const pipe = child.stdio[fd] as Writable
  // The reader may be gone before us; its exit code says all there is to say.
  pipe.on('error', () => {})
  return pipe
}

async function firstNumber(pipe: Readable, ended: Promise<{ code: number }>): Promise<number> {
  const line = once(pipe.setEncoding('utf8'), 'data').then(([text]) => Number(text))
  const failed = ended.then(({ code }) => {
    throw new Error(`The sandbox could not be made (exit code ${code})`)
  })
  return await Promise.race([line, failed])
}

function codeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0)
}
