import type { Duplex } from 'node:stream'
import { execa } from 'execa'
import { mortal } from './mortal.ts'
import { failure } from './remote-program.ts'
import { sshCommand } from './ssh-command.ts'
import type { SshTarget } from './target.ts'

export interface Tunnel {
  /** The bytes of the agent's socket on the host. */
  readonly connection: Duplex
  /** Resolves when the tunnel is over, with why when ssh ended badly. */
  readonly ended: Promise<Error | undefined>
}

/** Opens a connection to the agent of a host, through ssh. It may still turn out to be unreachable. */
export async function openTunnel(target: SshTarget): Promise<Tunnel> {
  const words = ['/opt/edge-agent/current/edge-agent', 'relay']
  const [file, ...args] = mortal(await sshCommand(target, words))
  const running = execa(file, args, {
    reject: false,
    buffer: { stdout: false },
    maxBuffer: 64 * 1024,
    env: { LC_ALL: 'C' },
    stripFinalNewline: false,
  })
  const connection = running.duplex({ binary: true, preserveNewlines: true })
  connection.on('error', () => connection.destroy())
  let closed = false
  connection.once('close', () => {
    closed = true
    running.kill()
  })
  const ended = running.then(({ exitCode, stderr }) => {
    const wanted = closed || exitCode === 0
    connection.destroy()
    return wanted ? undefined : failure(target, 'relay', exitCode ?? null, String(stderr))
  })
  return { connection, ended }
}
