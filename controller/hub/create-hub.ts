import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { sentenceOf } from '../../lib/fault/index.ts'
import { createAdmission } from './admission.ts'
import { createBooks } from './books.ts'
import type { Hub, HubOptions } from './hub.ts'
import { type Session, welcome } from './session.ts'

/** A report of a full host has some 300 kB. */
const maxFrameBytes = 1024 * 1024

/** The controller's side of all sessions with agents. It listens nowhere: connections are handed in. */
export function createHub(options: HubOptions): Hub {
  const { logger, clock } = options
  const admission = createAdmission(options)
  const books = createBooks(clock)
  const open = new Map<string, Session>()
  const expected = new WeakMap<Duplex, string>()
  const http = createServer((_, response) => response.writeHead(426).end())
  const websockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
  })

  const take = async (socket: WebSocket, server: string) => {
    const { hello, session } = await welcome(socket, server, {
      clock,
      logger,
      epoch: options.epoch,
      admit: admission.judge,
      onApplied: (applied) => books.applied(server, applied),
      onReport: (report) => books.reported(server, report),
      onHeard: () => books.heard(server),
    })
    open.get(server)?.end('a newer session took its place')
    open.set(server, session)
    books.connected(server, hello.agent)
    const spec = books.specOf(server)
    if (spec) session.tell(spec)
    logger.info('An agent is connected', { server, agent: hello.agent })
    await session.ended
    if (open.get(server) !== session) return
    open.delete(server)
    books.disconnected(server)
    logger.info('The session with an agent ended', { server })
  }

  http.on('upgrade', (request, connection, head) => {
    const server = expected.get(connection)
    if (server === undefined) return connection.destroy()
    websockets.handleUpgrade(request, connection, head, (socket) => {
      socket.on('error', (error) => logger.warn(`A session failed: ${error.message}`, { server }))
      take(socket, server).catch((error) => {
        logger.warn(`A session came to nothing: ${sentenceOf(error)}`, { server })
        socket.close(1008)
      })
    })
  })
  http.on('clientError', (_, connection) => connection.destroy())

  return {
    attach: (connection, server) => {
      expected.set(connection, server)
      connection.on('error', (error) =>
        logger.debug(`A connection broke: ${error.message}`, { server }),
      )
      http.emit('connection', connection)
    },
    admit: admission.admit,
    sessions: books.all,
    session: books.one,
    setSpec: (server, spec) => {
      if (books.setSpec(server, spec)) open.get(server)?.tell(spec)
    },
    forget: (server) => {
      open.get(server)?.end('this server is given up')
      open.delete(server)
      admission.forget(server)
      books.forget(server)
    },
    waitEnrolled: books.waitEnrolled,
    waitApplied: books.waitApplied,
    onReport: books.onReport,
    onChange: books.onChange,
    close: async () => {
      const ends = [...open.values()].map((session) => {
        session.end('the controller stops')
        return session.ended
      })
      await Promise.all(ends)
      websockets.close()
    },
  }
}
