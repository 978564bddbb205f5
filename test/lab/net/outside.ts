import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type CommandResult, outcome } from '../sandbox/command.ts'
import { addNamespace, inNamespace, ip } from './namespace.ts'
import { internet } from './public-segment.ts'

/** Somebody on the internet who is neither the provider nor us. */
export const outsideAddress = '203.0.113.10'
/** TCP and UDP: whoever calls is told the address it is seen as, `a.b.c.d:port`. */
export const echoPort = 7000

export interface Outside {
  /** Runs a program on that machine. */
  exec(argv: readonly string[]): Promise<CommandResult>
  close(): Promise<void>
}

const name = 'outside'

/** Starts the outside client with its echo server. */
export async function startOutside(): Promise<Outside> {
  await addNamespace(name)
  await ip(internet, [
    `link add ${name} type veth peer name eth0 netns ${name}`,
    `addr add 203.0.113.1/24 dev ${name}`,
    `link set ${name} up`,
  ])
  await ip(name, [
    `addr add ${outsideAddress}/24 dev eth0`,
    'link set eth0 up',
    'route add default via 203.0.113.1',
  ])
  const echo = await startEcho(name, outsideAddress)
  return {
    exec: (argv) => outcome(inNamespace(name, argv)),
    close: () => stopEcho(echo),
  }
}

/** Starts the echo server in a namespace; resolves when it listens. */
async function startEcho(namespace: string, address: string): Promise<ChildProcess> {
  const program = [process.execPath, join(import.meta.dirname, 'echo.ts'), address, `${echoPort}`]
  const [file = '', ...rest] = inNamespace(namespace, program)
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`The echo server in ${namespace} ended with exit code ${code}`)
  })
  await Promise.race([once(child.stdout, 'data'), failed])
  failed.catch(() => {})
  return child
}

async function stopEcho(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
