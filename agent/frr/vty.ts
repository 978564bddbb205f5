import { createConnection, type Socket } from 'node:net'
import { fault } from './faults.ts'

/** The daemons that are configured and asked; each has a socket `<daemon>.vty` in the run directory. */
export type Daemon = 'zebra' | 'bgpd' | 'bfdd'

export interface Answer {
  readonly text: string
  /** FRR's command code: 0 done, 1 warning, 2 unknown command, 13 configuration failed. */
  readonly code: number
}

/** One connection to a daemon; the mode (view, enabled, configuring) belongs to it. */
export interface Vty {
  /** Sends one command; one at a time. Throws EDGE_FRR_ABSENT when the daemon does not answer. */
  ask(command: string): Promise<Answer>
  close(): void
}

const defaultPatienceMs = 10_000

/**
 * Opens `<runDirectory>/<daemon>.vty`. The protocol is vtysh's own (FRR lib/vty.c): a command ends in
 * a zero byte; the answer is text, three zero bytes and the code. 0.3 ms a command, vtysh takes 60.
 */
export async function openVty(
  runDirectory: string,
  daemon: Daemon,
  patienceMs = defaultPatienceMs,
): Promise<Vty> {
  const socket = createConnection(`${runDirectory}/${daemon}.vty`)
  await opened(socket, daemon)
  return {
    ask: (command) => exchange(socket, daemon, command, patienceMs),
    close: () => socket.destroy(),
  }
}

function opened(socket: Socket, daemon: Daemon): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', (cause) => reject(absent(daemon, cause.message, cause)))
  })
}

function exchange(
  socket: Socket,
  daemon: Daemon,
  command: string,
  patienceMs: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    const settle = (act: () => void) => {
      clearTimeout(timer)
      for (const event of ['data', 'error', 'close']) socket.removeAllListeners(event)
      socket.on('error', () => socket.destroy())
      act()
    }
    const fail = (why: string) => settle(() => reject(absent(daemon, why)))
    const timer = setTimeout(() => fail(`no answer within ${patienceMs} ms`), patienceMs)
    socket.removeAllListeners('error')
    socket.on('error', (error) => fail(error.message))
    socket.on('close', () => fail('closed the connection'))
    // A long answer comes in many parts: only its end is looked at until it is all there.
    let end = Buffer.alloc(0)
    socket.on('data', (bytes) => {
      parts.push(bytes)
      end = Buffer.concat([end, bytes.subarray(-endBytes)]).subarray(-endBytes)
      if (isComplete(end)) settle(() => resolve(parse(Buffer.concat(parts))))
    })
    socket.write(`${command}\0`)
  })
}

/** Three zero bytes and the code; text has no zero byte. */
const endBytes = 4

function isComplete(end: Buffer): boolean {
  return end.length === endBytes && end.subarray(0, 3).every((byte) => byte === 0)
}

function parse(bytes: Buffer): Answer {
  const end = bytes.length - endBytes
  return { text: bytes.toString('utf8', 0, end), code: bytes[bytes.length - 1] ?? 0 }
}

function absent(daemon: Daemon, why: string, cause?: unknown) {
  return fault('EDGE_FRR_ABSENT', `FRR's ${daemon} does not answer: ${why}`, { cause })
}
