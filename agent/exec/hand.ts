import type { Socket } from 'node:net'
import { execa } from 'execa'
import type { Logger } from '../../lib/log/index.ts'
import { handProgram } from './hand-program.ts'
import { killGroup } from './kill-group.ts'
import { partsOf, python } from './python.ts'

/** What a program came to. */
export interface Ended {
  /** Null when it was killed or never started. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A program that runs. */
export interface Running {
  /** Null when the hand could not be started: nothing was done. */
  readonly ended: Promise<Ended | null>
  /** Ends it and all that it started. */
  kill(): void
}

/**
 * A small process that starts programs for this large one. It is started when first needed, again after
 * it died, and ends with us; it keeps nobody alive.
 */
export interface Hand {
  start(argv: readonly string[], input: string): Running
}

interface Job {
  readonly stdout: Buffer[]
  readonly stderr: Buffer[]
  bytes: number
  /** Once it runs; also the number of its process group. */
  pid: number | null
  readonly end: (ended: Ended | null) => void
}

interface Process {
  send(frame: Buffer): void
  readonly jobs: Map<number, Job>
  kill(): void
}

/** A hand that does not end what it is told to does nothing else either. */
const graceMs = 5000
/** A hand that could not be started is not tried for before each program. */
const againMs = 60_000
const noHand: Running = { ended: Promise.resolve(null), kill: () => undefined }

export interface HandSettings {
  readonly environment: Record<string, string>
  readonly logger: Logger
  /** More than this of one program's output ends it. */
  readonly maxBytes: number
  /** Its python. */
  readonly file?: string | undefined
}

export function createHand(settings: HandSettings): Hand {
  let current: Process | null = null
  let count = 0
  let failedMs = Number.NEGATIVE_INFINITY
  const begin = (): Process => {
    const begun = launch(settings, (wasReady) => {
      if (current === begun) current = null
      if (!wasReady) failedMs = performance.now()
    })
    return begun
  }

  return {
    start(argv, input) {
      if (current === null && performance.now() - failedMs < againMs) return noHand
      current ??= begin()
      const { send, jobs, kill } = current
      const number = ++count
      const { promise: ended, resolve: end } = Promise.withResolvers<Ended | null>()
      jobs.set(number, { stdout: [], stderr: [], bytes: 0, pid: null, end })
      const parts = partsOf(argv)
      send(frameOf(number, parts === null ? 'program' : 'python', [...(parts ?? argv), input]))
      return {
        ended,
        kill: () => {
          if (!jobs.has(number)) return
          send(frameOf(number, 'end', []))
          setTimeout(() => jobs.has(number) && kill(), graceMs).unref()
        },
      }
    },
  }
}

function frameOf(number: number, kind: string, words: readonly string[]): Buffer {
  const parts = words.map((word) => Buffer.from(word))
  const head = [number, kind, ...parts.map(({ length }) => length)].join('\t')
  return Buffer.concat([Buffer.from(`${head}\n`), ...parts])
}

function launch(
  { environment: env, logger, maxBytes, file = python[0] }: HandSettings,
  onEnd: (wasReady: boolean) => void,
): Process {
  const child = execa(file, [...python.slice(1), handProgram], {
    ...{ stdin: 'pipe', stdout: 'pipe', stderr: 'pipe', reject: false, extendEnv: false, env },
    buffer: { stdout: false, stderr: true },
    // Ctrl-C is for us; it ends when its stdin does, whatever becomes of us.
    ...{ detached: true, cleanup: false },
  })
  const jobs = new Map<number, Job>()
  let isReady = false
  /** While somebody waits for an answer, and only then, it keeps this process from ending. */
  const hold = () => {
    const how = jobs.size > 0 ? 'ref' : 'unref'
    const { nodeChildProcess, stdin, stdout, stderr } = child
    // Of one that could not be started they are neither process nor sockets.
    for (const each of [nodeChildProcess, stdin, stdout, stderr] as Partial<Socket>[])
      if (each?.destroyed !== true) each?.[how]?.()
  }
  const finish = (number: number, ended: Ended | null) => {
    const job = jobs.get(number)
    jobs.delete(number)
    hold()
    job?.end(ended)
  }
  const send = (frame: Buffer) => {
    hold()
    child.stdin.write(frame)
  }
  const take = (number: number, kind: string, body: Buffer) => {
    if (kind === 'ready') isReady = true
    const job = jobs.get(number)
    if (job === undefined) return
    if (kind === 'code') {
      finish(number, endedOf(body.toString(), textOf(job.stdout), textOf(job.stderr)))
      return
    }
    if (kind === 'pid') {
      job.pid = Number(body)
      return
    }
    const isFull = job.bytes > maxBytes
    job.bytes += body.length
    if (job.bytes <= maxBytes) (kind === 'out' ? job.stdout : job.stderr).push(body)
    else if (!isFull) {
      job.stderr.push(Buffer.from(`it printed more than ${maxBytes} bytes, `))
      send(frameOf(number, 'end', []))
    }
  }
  child.stdin.on('error', () => undefined)
  child.stdout.on('data', framesTo(take))
  // What is asked for from now on is another's; how this one ended is not yet read.
  child.nodeChildProcess?.once?.('exit', () => onEnd(true))
  void child.then(({ stderr, originalMessage, signal }) => {
    onEnd(isReady)
    const cause = String(stderr ?? '').trim() || originalMessage || signal || 'nobody knows why'
    const why = `The hand that starts programs ended: ${cause.slice(-300)}`
    if (jobs.size > 0 || !isReady) logger.warn(why)
    for (const [number, { pid }] of [...jobs]) {
      // Whoever is told that it failed may do it again.
      killGroup(pid)
      finish(number, isReady ? { code: null, stdout: '', stderr: why } : null)
    }
  })
  return { send, jobs, kill: () => child.kill('SIGKILL') }
}

/** Calls `take` with each whole frame: `NUMBER KIND LENGTH`, a line, and its body. */
function framesTo(
  take: (number: number, kind: string, body: Buffer) => void,
): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      const at = rest.indexOf('\n')
      if (at < 0) return
      const [number, kind = '', length] = rest.toString('latin1', 0, at).split('\t')
      const end = at + 1 + Number(length)
      if (rest.length < end) return
      take(Number(number), kind, rest.subarray(at + 1, end))
      rest = rest.subarray(end)
    }
  }
}

/** The hand says what exit code it was, `none` of what never ran, and signals below zero. */
function endedOf(said: string, stdout: string, stderr: string): Ended {
  const code = Number(said)
  if (code >= 0) return { code, stdout, stderr }
  return { code: null, stdout, stderr: code < 0 ? `${stderr}ended by signal ${-code}` : stderr }
}

const textOf = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString()
