import type { WebSocket } from 'ws'
import type { Clock } from '../../lib/clock/index.ts'
import type { Applied, HostReport, HostSpec } from '../../lib/contract/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { AgentState } from '../state/index.ts'
import { createInbox } from './inbox.ts'
import { login } from './login.ts'
import { type Session, serve } from './session.ts'

export interface AgentHubOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly server: string
  /** This program's version. */
  readonly agent: string
  readonly state: AgentState
  /** A valid spec that is not older than what is known; it shall become true soon. */
  readonly onSpec: (spec: HostSpec) => void
  readonly report: () => Promise<HostReport>
}

/** The agent's side of its sessions with the controller, whatever transport brings them. */
export interface AgentHub {
  /** Takes an open websocket through login; from then on it is the session, and older ones end. */
  accept(socket: WebSocket): void
  /** Tells the controller what became of a generation; said again at the next login. */
  applied(frame: Omit<Applied, 'type'>): void
  connected(): boolean
  close(): void
}

export function createAgentHub(options: AgentHubOptions): AgentHub {
  const { logger, clock } = options
  let session: Session | undefined
  let last: Applied | undefined
  /** The newest spec heard of in this life; the one on disk may be older while it is applied. */
  let newest = options.state.lastGood()

  const onSpec = (spec: HostSpec) => {
    newest = spec
    options.onSpec(spec)
  }
  const take = async (socket: WebSocket) => {
    const inbox = createInbox(socket)
    const epoch = await login(socket, inbox, options)
    session?.end('a newer session took its place')
    const mine = serve(socket, inbox, {
      clock,
      logger,
      server: options.server,
      newest: () => newest,
      onSpec,
      report: options.report,
    })
    session = mine
    logger.info('The controller is connected', { epoch })
    if (last) mine.applied(last)
    await mine.ended
    if (session === mine) session = undefined
    logger.info('The session with the controller ended')
  }

  return {
    accept: (socket) => {
      take(socket).catch((error: Error) => {
        logger.warn(`A connection came to nothing: ${error.message}`)
        socket.terminate()
      })
    },
    applied: (frame) => {
      last = { type: 'applied', ...frame }
      session?.applied(last)
    },
    connected: () => session !== undefined,
    close: () => session?.end('the agent stops'),
  }
}
