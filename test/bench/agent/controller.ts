import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { createConnection } from 'node:net'
import { WebSocketServer } from 'ws'
import { type ControllerFrame, protocolVersion } from '../../../lib/contract/index.ts'

/**
 * A controller that lets every agent in and asks nothing: over the agent's socket, as through the
 * tunnel. An agent at rest is one that reports.
 */
export function connectController(agentSocket: string): void {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
  sockets.on('connection', (socket) => {
    const send = (frame: ControllerFrame) => socket.send(JSON.stringify(frame))
    socket.on('message', (data) => {
      const { type } = JSON.parse(String(data))
      if (type === 'hello') send({ type: 'welcome', epoch: 1 })
      if (type === 'ping') send({ type: 'pong' })
    })
    send({ type: 'challenge', protocol: protocolVersion, nonce: randomBytes(16).toString('hex') })
  })
  http.emit('connection', createConnection(agentSocket))
}
