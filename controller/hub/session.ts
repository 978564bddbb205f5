import { randomBytes } from 'node:crypto'
import type { WebSocket } from 'ws'
import type { Clock } from '../../lib/clock/index.ts'
import {
  AgentFrame,
  type Applied,
  type ControllerFrame,
  type Hello,
  type HostReport,
  type HostSpec,
  parseAs,
  protocolVersion,
} from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import { fault } from './faults.ts'

export interface SessionOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly epoch: number
  /** Rejects when this is not the rightful agent. */
  readonly admit: (hello: Hello, nonce: string, server: string) => Promise<void>
  readonly onApplied: (applied: Applied) => void
  readonly onReport: (report: HostReport) => void
  readonly onHeard: () => void
}

export interface Session {
  tell(spec: HostSpec): void
  end(reason: string): void
  readonly ended: Promise<void>
}

const loginMs = 20_000
const pingEveryMs = 10_000
/** Without a frame for this long the session is dead, even if nobody told us. */
const silenceMs = 30_000
const closingMs = 1000

/**
 * Takes a new connection through login: challenge, hello, welcome. Throws EDGE_AGENT_REFUSED, after
 * telling the agent why.
 */
export async function welcome(
  socket: WebSocket,
  server: string,
  options: SessionOptions,
): Promise<{ hello: Hello; session: Session }> {
  const nonce = randomBytes(32).toString('base64url')
  const answer = firstText(socket, options.clock.patience(loginMs))
  send(socket, { type: 'challenge', protocol: protocolVersion, nonce })
  const hello = parseAs(AgentFrame, JSON.parse(await answer), 'The first frame of an agent')
  if (hello.type !== 'hello') {
    throw fault('EDGE_AGENT_REFUSED', `The agent began with ${hello.type} instead of hello`)
  }
  try {
    await options.admit(hello, nonce, server)
  } catch (error) {
    send(socket, { type: 'refused', reason: sentenceOf(error) })
    throw error
  }
  // The agent says nothing between hello and welcome, so no frame is lost by listening only now.
  send(socket, { type: 'welcome', epoch: options.epoch })
  return { hello, session: serve(socket, server, options) }
}

function serve(socket: WebSocket, server: string, options: SessionOptions): Session {
  const { clock, logger } = options
  const over = new AbortController()
  let heardMs = clock.elapsed()
  let complaint = ''

  const hear = (text: string) => {
    // Whatever it says, it is alive: an agent of another version may report what we do not understand.
    heardMs = clock.elapsed()
    options.onHeard()
    const frame = parseAs(AgentFrame, JSON.parse(text), 'A frame of an agent')
    if (frame.type === 'applied') options.onApplied(frame)
    if (frame.type === 'report') options.onReport(frame.report)
    if (frame.type === 'ping') send(socket, { type: 'pong' })
  }
  const watch = async () => {
    while (clock.elapsed() - heardMs <= clock.patience(silenceMs)) {
      send(socket, { type: 'ping' })
      await clock.sleep(pingEveryMs, over.signal)
    }
    logger.warn('An agent fell silent', { server })
    socket.terminate()
  }

  socket.on('message', (data) => {
    try {
      hear(String(data))
    } catch (error) {
      // Reports come every ten seconds; the same trouble is told once.
      const before = complaint
      complaint = `A frame was not understood: ${sentenceOf(error)}`
      if (complaint !== before) logger.warn(complaint, { server })
    }
  })
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      over.abort()
      resolve()
    }
    socket.once('close', end)
    if (socket.readyState === socket.CLOSED) end()
  })
  // Ends by the abort when the session does.
  watch().catch(() => undefined)
  return {
    tell: (spec) => send(socket, { type: 'spec', spec }),
    end: (reason) => {
      socket.close(1000, reason)
      setTimeout(() => socket.terminate(), closingMs).unref()
    },
    ended,
  }
}

function firstText(socket: WebSocket, withinMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail('said nothing'), withinMs)
    const fail = (why: string) => {
      clearTimeout(timer)
      reject(fault('EDGE_AGENT_REFUSED', `The agent ${why}`))
    }
    socket.once('close', () => fail('closed the connection before it logged in'))
    socket.once('message', (data) => {
      clearTimeout(timer)
      resolve(String(data))
    })
  })
}

function send(socket: WebSocket, frame: ControllerFrame): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame))
}
