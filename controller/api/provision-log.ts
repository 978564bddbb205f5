import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../lib/clock/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import { type Logger, scrub, silent } from '../../lib/log/index.ts'
import type { LogLevel } from '../provision/index.ts'

export interface LogLine {
  readonly level: LogLevel
  readonly text: string
}

/** One log file for each provision, in OneForm's format; losing them loses nothing else. */
export interface ProvisionLogs {
  /** Never throws: work does not stop because a disk is full. */
  append(provision: number, level: LogLevel, text: string): void
  /** Whole lines from byte `pos` on and where to go on; without `pos` no lines and the end. */
  poll(provision: number, pos: number | undefined): Promise<{ pos: number; lines: LogLine[] }>
  all(provision: number): Promise<LogLine[]>
}

/** A poll hands out at most this much; the next goes on from its `pos`. */
const chunkBytes = 256 * 1024

const letters: Readonly<Record<string, LogLevel>> = { D: 'debug', I: 'info', W: 'warn', E: 'error' }
const letterOf: Readonly<Record<LogLevel, string>> = {
  debug: 'D',
  info: 'I',
  warn: 'W',
  error: 'E',
}

/** Keeps logs below `directory`, which is created; only this user may read them. */
export function createProvisionLogs(
  directory: string,
  clock: Pick<Clock, 'now'>,
  logger: Logger = silent,
): ProvisionLogs {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const fileOf = (provision: number) => join(directory, `${provision}.log`)
  return {
    append: (provision, level, text) => {
      const stamp = timestamp(new Date(clock.now()))
      const lines = scrub(text)
        .split('\n')
        .map((line) => `${stamp} [${letterOf[level]}] ${line}\n`)
      try {
        startFile(fileOf(provision), clock.now())
        appendFileSync(fileOf(provision), lines.join(''))
      } catch (error) {
        logger.warn('a log line is lost', { provision, text, why: sentenceOf(error) })
      }
    },
    poll: (provision, pos) => poll(fileOf(provision), pos),
    all: async (provision) => parse(await readFile(fileOf(provision), 'utf8').catch(nothing)),
  }
}

function startFile(file: string, nowMs: number): void {
  const head = `# Logfile created on ${new Date(nowMs).toISOString()} by edgectl\n`
  try {
    writeFileSync(file, head, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

async function poll(file: string, from: number | undefined) {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!handle) return { pos: 0, lines: [] }
  try {
    const { size } = await handle.stat()
    if (from === undefined || from >= size) return { pos: size, lines: [] }
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(chunkBytes), 0, chunkBytes, from)
    const whole = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1
    return { pos: from + whole, lines: parse(buffer.subarray(0, whole).toString('utf8')) }
  } finally {
    await handle.close()
  }
}

function parse(text: string): LogLine[] {
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line) => ({
    level: letters[/ \[([DIWE])\] /.exec(line)?.[1] ?? 'D'] ?? 'debug',
    text: line,
  }))
}

function nothing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return ''
  throw error
}

/** `Sun Nov 22 08:19:47 2026`, local time, as Ruby's logger in OneForm writes it. */
function timestamp(date: Date): string {
  const [day, month, dayOfMonth, year, time] = date.toString().split(' ')
  return `${day} ${month} ${dayOfMonth} ${time} ${year}`
}
