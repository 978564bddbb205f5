import { chmod, mkdir, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { WebSocket } from 'ws'
import type { Logger } from '../../lib/log/index.ts'
import { greeted } from './greeting.ts'

export interface ListenOptions {
  /** Unix socket that `edge-agent relay` connects to; only root may. */
  readonly path: string
  readonly logger: Logger
  /** Takes each websocket that opened, and the address its controller calls from, when it is known. */
  readonly accept: (socket: WebSocket, peer: string | null) => void
}

export interface Listener {
  close(): Promise<void>
}

/** A spec of a full host (15 VMs, 100 networks) has some 100 kB. */
const maxFrameBytes = 16 * 1024 * 1024
const patienceMs = 20_000

/**
 * The tunnel transport: the controller reaches this socket through ssh, and on each connection the
 * agent is the websocket client, as it is when it dials by itself.
 */
export async function listen({ path, logger, accept }: ListenOptions): Promise<Listener> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  // A socket left by a killed predecessor; systemd runs one agent at a time.
  await rm(path, { force: true })
  const connections = new Set<Socket>()
  const server = createServer((connection) => {
    connections.add(connection)
    connection.once('close', () => connections.delete(connection))
    connection.on('error', () => connection.destroy())
    greeted(connection, patienceMs).then(
      (peer) => open(connection, peer),
      (error: Error) => {
        logger.warn(`A connection is not taken: ${error.message}`)
        connection.destroy()
      },
    )
  })
  const open = (connection: Socket, peer: string | null) => {
    const socket = new WebSocket('ws://controller/agents', {
      createConnection: () => connection,
      perMessageDeflate: false,
      maxPayload: maxFrameBytes,
      handshakeTimeout: patienceMs,
    })
    socket.on('error', (error) => logger.warn(`A connection failed: ${error.message}`))
    socket.once('open', () => accept(socket, peer))
    // Paused since its greeting was read; Node's HTTP client listens from the next tick on.
    setImmediate(() => connection.resume())
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  await chmod(path, 0o600)
  return {
    close: async () => {
      for (const connection of connections) connection.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
