import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { execa } from 'execa'
import { fault } from './faults.ts'
import { mortal } from './mortal.ts'
import { sshCommand } from './ssh-command.ts'
import type { SshTarget, StandingLogin } from './target.ts'

export interface RemoteProgram {
  /** A fixed bash program; what comes after it on stdin it may read itself. */
  readonly program: string
  /** Its positional arguments; nothing secret, for other users see them. */
  readonly args: readonly string[]
  /** What the program finds on its stdin: secret lines, or a file. */
  readonly input?: { readonly lines: readonly string[] } | { readonly file: string }
  readonly deadlineMs: number
  /** Each line of the program's stdout that is a JSON object. */
  readonly onLine: (line: Readonly<Record<string, unknown>>) => void
  readonly signal?: AbortSignal
}

/**
 * Runs a program on a server as root. Throws EDGE_SSH_… when the server cannot be reached,
 * EDGE_EQUIPMENT_FAILED with the step when the program failed.
 */
export async function runRemote(
  target: SshTarget | StandingLogin,
  remote: RemoteProgram,
): Promise<void> {
  // With a socket as stdin, which sshd gives, bash would read root's .bashrc first.
  const bash = ['bash', '--norc', '--noprofile', '-s', '--', ...remote.args]
  const [file, ...args] = mortal(await sshCommand(target, bash))
  // bash reads a program from a pipe byte by byte, so what follows is left for its commands.
  const running = execa(file, args, {
    input: Readable.from(stdinOf(remote), { objectMode: false }),
    timeout: remote.deadlineMs,
    reject: false,
    env: { LC_ALL: 'C' },
    ...(remote.signal ? { cancelSignal: remote.signal } : {}),
  })
  let step = 'connection'
  for await (const text of running.iterable({ from: 'stdout' })) {
    const line = objectOf(String(text))
    if (line === undefined) continue
    if (typeof line['step'] === 'string') step = line['step']
    remote.onLine(line)
  }
  const { exitCode, stderr, timedOut, failed, originalMessage } = await running
  remote.signal?.throwIfAborted()
  if (exitCode === 0) return
  // ssh that we end ourselves says 255 too; a program that hangs is no trouble of the network.
  if (timedOut) throw failure(target, step, null, `it took too long\n${stderr}`)
  // Without an exit code it was never started, or killed; then it said nothing itself.
  const said = failed && exitCode === undefined ? `${originalMessage ?? ''}\n${stderr}` : stderr
  throw failure(target, step, exitCode ?? null, String(said))
}

async function* stdinOf({ program, input }: RemoteProgram): AsyncGenerator<Buffer> {
  // Exactly one line end: a second would be the first thing the program itself reads.
  yield Buffer.from(`${program.trimEnd()}\n`)
  if (input === undefined) return
  if ('lines' in input) yield Buffer.from(input.lines.map((line) => `${line}\n`).join(''))
  else yield* createReadStream(input.file)
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** ssh itself ends with 255; what it says then is all there is to tell the reasons apart. */
export function failure(
  target: Pick<SshTarget, 'address'>,
  step: string,
  code: number | null,
  stderr: string,
) {
  const object = `server ${target.address}`
  const answer = stderr.trim().split('\n').slice(-5).join(' | ').slice(0, 600)
  if (code !== 255) {
    return fault('EDGE_EQUIPMENT_FAILED', `Step "${step}" failed`, { object, answer })
  }
  if (
    /Host key verification failed|IDENTIFICATION HAS CHANGED|No matching host key/i.test(stderr)
  ) {
    return fault('EDGE_SSH_HOST_KEY', 'The server shows another host key', { object, answer })
  }
  if (/Permission denied/.test(stderr)) {
    return fault('EDGE_SSH_DENIED', "The server does not take the controller's key", {
      object,
      answer,
    })
  }
  return fault('EDGE_SSH_UNREACHABLE', 'The server does not answer by SSH', { object, answer })
}
