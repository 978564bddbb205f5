import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { createConnection } from 'node:net'
import { WebSocketServer } from 'ws'
import { greeting } from '../../../agent/hub/greeting.ts'
import { type ControllerFrame, protocolVersion } from '../../../lib/contract/index.ts'

/**
 * A controller that lets every agent in and asks nothing: over the agent's socket, as through the
 * tunnel. An agent at rest is one that reports: resolves with its first report.
 */
export async function connectController(agentSocket: string): Promise<void> {
  const reported = Promise.withResolvers<void>()
  const http = createServer()
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
  sockets.on('connection', (socket) => {
    const send = (frame: ControllerFrame) => socket.send(JSON.stringify(frame))
    socket.on('message', (data) => {
      const { type } = JSON.parse(String(data))
      if (type === 'hello') send({ type: 'welcome', epoch: 1 })
      if (type === 'ping') send({ type: 'pong' })
      if (type === 'report') reported.resolve()
    })
    send({ type: 'challenge', protocol: protocolVersion, nonce: randomBytes(16).toString('hex') })
  })
  const connection = createConnection(agentSocket)
  connection.once('close', () => reported.reject(new Error('The agent hung up')))
  connection.write(greeting(null))
  http.emit('connection', connection)
  await reported.promise
}
