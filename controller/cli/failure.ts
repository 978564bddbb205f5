/** What ends a command: one sentence for stderr and the exit code. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: number
  /** The HTTP status, when the controller said it. */
  readonly status: number | undefined
  /** Its own word for it, which no other server has. */
  readonly code: string | undefined

  constructor(message: string, exitCode: number, status?: number, code?: string) {
    super(message)
    this.exitCode = exitCode
    this.status = status
    this.code = code
  }
}

/** Somebody said no, or stopped the command, before anything was done: nothing else of it is done either. */
export class Declined extends Failure {}

/** The server knows no such route: it is a stock OneForm server, or a controller of another version. */
export class NoSuchRoute extends Failure {}

/** Input, credentials, rights or an object that is missing: trying again will not help. */
export const badRequest = 2
export const failed = 1
/** Nothing went wrong, and there are leaks: for scripts that watch. */
export const leaksFound = 3
/** Nothing went wrong, and what was asked about is not possible yet. */
export const inTheWay = 3
/** As the shell has it for a process ended by SIGINT. */
export const interrupted = 130

const callersFault = new Set([400, 401, 403, 404, 405, 413])

const loginHint =
  'the login is that of --username and --password, ONEFORM_USER and ONEFORM_PASSWORD, or the file ONE_AUTH'

/**
 * An answer other than 2xx, told in one sentence; `asked` is the method and the path, `code` the
 * controller's own word for it.
 */
export function refusal(status: number, text: string, asked: string, code?: string): Failure {
  const said = saidBy(text)
  // What a stock server has in its care has no route of ours.
  if (code === 'EDGE_DOCUMENT_FOREIGN' && said !== undefined)
    return new NoSuchRoute(said, badRequest, status, code)
  if (status === 404 && said === undefined) {
    const message = `This server has no ${asked}: it is a stock OneForm server, or an older edgectl`
    return new NoSuchRoute(message, badRequest, status)
  }
  const exitCode = callersFault.has(status) ? badRequest : failed
  const hint = status === 401 ? `; ${loginHint}` : ''
  const sentence = said ?? (sentenceIn(text) || `${asked} was answered ${status}`)
  return new Failure(`${sentence}${hint}`, exitCode, status, code)
}

/** Text that was meant to be read; a proxy's page was not. */
function sentenceIn(text: string): string {
  const trimmed = text.trim()
  return trimmed.length > 300 || /[<\n]/.test(trimmed) ? '' : trimmed
}

/** What OneForm's own failures say; undefined for a page, which is none of them. */
export function saidBy(text: string): string | undefined {
  try {
    const { message, context } = JSON.parse(text) as { message?: string; context?: object }
    if (typeof message !== 'string') return undefined
    const details = Object.entries(context ?? {}).map(([field, said]) => detail(field, said))
    return details.length === 0 ? message : `${message}: ${details.join('; ')}`
  } catch {
    return undefined
  }
}

function detail(field: string, said: unknown): string {
  const held = heldBy(field, said)
  if (held !== undefined) return held
  const words = Array.isArray(said) ? said.join(', ') : JSON.stringify(said)
  return words.includes(field) ? words : `${field} ${words}`
}

/** `{"12":{"vm":["11"]}}` under `hosts` is "host 12 has vm 11"; undefined for what is not of that kind. */
function heldBy(places: string, said: unknown): string | undefined {
  if (!isMap(said)) return undefined
  const found = Object.entries(said).flatMap(([place, kinds]) =>
    Object.entries(isMap(kinds) ? kinds : {}).map(([kind, ids]) => {
      return `${places.replace(/s$/, '')} ${place} has ${kind} ${[ids].flat().join(', ')}`
    }),
  )
  return found.length === 0 ? undefined : found.join('; ')
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
