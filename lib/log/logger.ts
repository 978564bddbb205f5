import { type DestinationStream, pino } from 'pino'
import { scrub } from './secrets.ts'

export type LogFields = Readonly<Record<string, unknown>>

/** What every room logs through: one sentence, and the facts it speaks of as fields. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  child(fields: LogFields): Logger
}

export interface LogOptions {
  readonly level?: string
  /** Where lines go; stderr unless given, so that stdout stays for data. */
  readonly destination?: DestinationStream
}

/** A JSON-lines logger whose every line is scrubbed of remembered secrets. */
export function createLogger(name: string, options: LogOptions = {}): Logger {
  const sink = options.destination ?? pino.destination({ dest: 2, sync: true })
  const stream: DestinationStream = { write: (line) => sink.write(scrub(line)) }
  return wrap(pino({ name, level: options.level ?? 'info' }, stream))
}

/** A logger that keeps nothing, for tests and for callers that have no log. */
export const silent: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silent,
}

function wrap(sink: pino.Logger): Logger {
  return {
    debug: (message, fields = {}) => sink.debug(fields, message),
    info: (message, fields = {}) => sink.info(fields, message),
    warn: (message, fields = {}) => sink.warn(fields, message),
    error: (message, fields = {}) => sink.error(fields, message),
    child: (fields) => wrap(sink.child(fields)),
  }
}
