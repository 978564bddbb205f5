import { execa } from 'execa'
import type { Logger } from '../../lib/log/index.ts'
import { createHand, type Hand } from './hand.ts'
import { killGroup } from './kill-group.ts'

/** What became of a process; never thrown, always returned. */
export interface ExecFacts {
  readonly argv: readonly string[]
  /** Exit code; null when it was killed or never started. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
  readonly elapsedMs: number
}

export interface ExecOptions {
  readonly input?: string
  /** Killed after this long; 20 s unless given. */
  readonly deadlineMs?: number
  /** Ends it and whatever it started: whoever waited has no use for its answer any more. */
  readonly signal?: AbortSignal
}

/** The one seam for processes: argv arrays, the C locale, a deadline, facts. */
export interface Exec {
  run(argv: readonly string[], options?: ExecOptions): Promise<ExecFacts>
  /** Runs until `signal` aborts or it ends by itself; calls `onLine` for each line of stdout. */
  follow(
    argv: readonly string[],
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<ExecFacts>
}

export interface ExecSettings {
  readonly logger: Logger
  /** Put before every argv: how tests run a host's agent inside that host's namespaces. */
  readonly prefix?: readonly string[]
  /** Whether a small process stays to start programs; worth it for whoever starts more than a few. */
  readonly hand?: boolean
  /** Where the hand's python is, unless where every Debian and Ubuntu has it. */
  readonly python?: string
}

const defaultDeadlineMs = 20_000
/** `bridge fdb` and `nft list` of a full host stay well below it. */
const maxBuffer = 64 * 1024 * 1024

export function createExec(settings: ExecSettings): Exec {
  const { logger, prefix = [] } = settings
  const environment = { LC_ALL: 'C', PATH: process.env['PATH'] ?? systemPath }
  const hand = settings.hand
    ? createHand({ environment, logger, maxBytes: maxBuffer, file: settings.python })
    : null

  return {
    async run(argv, options = {}) {
      const { input = '', deadlineMs = defaultDeadlineMs, signal } = options
      const [file = '', ...rest] = [...prefix, ...argv]
      const startedMs = performance.now()
      const byHand = hand && (await throughHand(hand, [file, ...rest], options))
      if (byHand) {
        const facts = { argv, ...byHand, elapsedMs: Math.round(performance.now() - startedMs) }
        logger.debug(`${argv[0]} ended`, { argv, code: facts.code, elapsedMs: facts.elapsedMs })
        return facts
      }
      // execa listens for errors of stdin, so a child that exits early raises no EPIPE here.
      const child = execa(file, rest, {
        input,
        timeout: deadlineMs,
        // In a process group of its own, so that all of it can be ended.
        detached: signal !== undefined,
        reject: false,
        extendEnv: false,
        env: environment,
        maxBuffer,
        stripFinalNewline: false,
      })
      const end = () => killGroup(child.pid)
      signal?.addEventListener('abort', end, { once: true })
      if (signal?.aborted) end()
      const result = await child
      signal?.removeEventListener('abort', end)
      const facts = factsOf(argv, result, performance.now() - startedMs)
      logger.debug(`${argv[0]} ended`, { argv, code: facts.code, elapsedMs: facts.elapsedMs })
      return facts
    },

    async follow(argv, onLine, signal) {
      const [file = '', ...rest] = [...prefix, ...argv]
      const startedMs = performance.now()
      const child = execa(file, rest, {
        stdin: 'ignore',
        reject: false,
        buffer: { stdout: false, stderr: true },
        extendEnv: false,
        env: environment,
        cancelSignal: signal,
      })
      try {
        for await (const line of child.iterable()) onLine(String(line))
      } catch {
        // Ended by the signal: the result below says so.
      }
      return factsOf(argv, await child, performance.now() - startedMs)
    },
  }
}

/** Null when there is no hand to be had. */
async function throughHand(
  hand: Hand,
  argv: readonly string[],
  { input = '', deadlineMs = defaultDeadlineMs, signal }: ExecOptions,
): Promise<Omit<ExecFacts, 'argv' | 'elapsedMs'> | null> {
  const { ended, kill } = hand.start(argv, input)
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    kill()
  }, deadlineMs)
  signal?.addEventListener('abort', kill, { once: true })
  if (signal?.aborted) kill()
  const facts = await ended
  clearTimeout(timer)
  signal?.removeEventListener('abort', kill)
  return facts && { ...facts, timedOut }
}

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

interface Ended {
  readonly exitCode?: number | undefined
  readonly stdout?: unknown
  readonly stderr?: unknown
  readonly timedOut: boolean
  readonly shortMessage?: string | undefined
}

function factsOf(argv: readonly string[], ended: Ended, elapsedMs: number): ExecFacts {
  const stderr = String(ended.stderr ?? '')
  return {
    argv,
    code: ended.exitCode ?? null,
    stdout: String(ended.stdout ?? ''),
    stderr: ended.exitCode === undefined ? `${stderr}${ended.shortMessage ?? ''}` : stderr,
    timedOut: ended.timedOut,
    elapsedMs: Math.round(elapsedMs),
  }
}
