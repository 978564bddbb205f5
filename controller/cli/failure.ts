/** What ends a command: one sentence for stderr and the exit code. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: number
  /** The HTTP status, when the controller said it. */
  readonly status: number | undefined

  constructor(message: string, exitCode: number, status?: number) {
    super(message)
    this.exitCode = exitCode
    this.status = status
  }
}

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

/** An answer other than 2xx, told in one sentence. */
export function refusal(status: number, text: string): Failure {
  const exitCode = callersFault.has(status) ? badRequest : failed
  const hint = status === 401 ? `; ${loginHint}` : ''
  return new Failure(`${sentence(text, status)}${hint}`, exitCode, status)
}

function sentence(text: string, status: number): string {
  try {
    const { message, context } = JSON.parse(text) as { message: string; context?: object }
    const details = Object.entries(context ?? {}).map(([field, said]) => detail(field, said))
    return details.length === 0 ? message : `${message}: ${details.join('; ')}`
  } catch {
    return text.trim() || `The controller answered ${status}`
  }
}

function detail(field: string, said: unknown): string {
  const words = Array.isArray(said) ? said.join(', ') : JSON.stringify(said)
  return words.includes(field) ? words : `${field} ${words}`
}
