import type { WebSocket } from 'ws'
import type { Clock } from '../../lib/clock/index.ts'
import {
  type AgentFrame,
  type Applied,
  ControllerFrame,
  type HostReport,
  type HostSpec,
  parseAs,
} from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Inbox } from './inbox.ts'
import { judgeSpec, type Precedents } from './judge-spec.ts'

export interface SessionOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly precedents: () => Precedents
  /** A frame came in: the controller is there. */
  readonly onHeard: () => void
  readonly onSpec: (spec: HostSpec) => void
  readonly report: () => Promise<HostReport>
}

export interface Session {
  applied(frame: Applied): void
  end(reason: string): void
  readonly ended: Promise<void>
}

const reportEveryMs = 10_000
/** Without a frame for this long the other side is gone, even if nobody told us. */
const silenceMs = 30_000

/** A logged-in session: specs come in, what became of them and reports go out. */
export function serve(socket: WebSocket, inbox: Inbox, options: SessionOptions): Session {
  const { clock, logger } = options
  const over = new AbortController()
  let heardMs = clock.elapsed()

  const send = (frame: AgentFrame) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame))
  }
  const hear = (text: string) => {
    heardMs = clock.elapsed()
    options.onHeard()
    const raw: unknown = JSON.parse(text)
    const refused = judgeSpec(raw, options.precedents())
    if (refused) return send(refused)
    const frame = parseAs(ControllerFrame, raw, 'A frame of the controller')
    if (frame.type === 'spec') options.onSpec(frame.spec)
    if (frame.type === 'ping') send({ type: 'pong' })
  }
  /** A report that cannot be made must not end the talking, which notices a dead controller. */
  const tell = async () => {
    try {
      send({ type: 'report', report: await options.report() })
    } catch (error) {
      logger.warn(`No report could be made: ${sentenceOf(error)}`)
    }
  }
  const talk = async () => {
    while (!over.signal.aborted) {
      if (clock.elapsed() - heardMs > clock.patience(silenceMs)) return socket.terminate()
      await tell()
      send({ type: 'ping' })
      await clock.rest(reportEveryMs, over.signal)
    }
  }

  inbox.each((text) => {
    try {
      hear(text)
    } catch (error) {
      logger.warn(`A frame of the controller was not understood: ${sentenceOf(error)}`)
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
  // It ends by the signal alone.
  talk().catch(() => undefined)
  const applied = (frame: Applied) => {
    send(frame)
    // Its answer shows that what was applied has not cut us off.
    send({ type: 'ping' })
  }
  return { applied, end: (reason) => socket.close(1000, reason), ended }
}
