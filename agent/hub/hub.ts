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
  /** Why this very spec must not be tried again; null when it may. */
  readonly refusal?: (spec: HostSpec) => string | null
  /** A controller logged in, calling from this address. */
  readonly onController?: (address: string) => void
}

/** The agent's side of its sessions with the controller, whatever transport brings them. */
export interface AgentHub {
  /** Takes an open websocket through login; from then on it is the session, and older ones end. */
  accept(socket: WebSocket, peer?: string | null): void
  /** Tells the controller what became of a generation; said again at the next login. */
  applied(frame: Omit<Applied, 'type'>): void
  connected(): boolean
  /** When the controller was last heard of, on the monotonic clock; minus infinity before that. */
  heardMs(): number
  close(): void
}

export function createAgentHub(options: AgentHubOptions): AgentHub {
  const { logger, clock } = options
  let session: Session | undefined
  let last: Applied | undefined
  /** The newest spec heard of in this life; the one on disk may be older while it is applied. */
  let newest = options.state.lastGood()
  let heardMs = Number.NEGATIVE_INFINITY
  const onHeard = () => {
    heardMs = clock.elapsed()
  }

  const onSpec = (spec: HostSpec) => {
    newest = spec
    options.onSpec(spec)
  }
  const take = async (socket: WebSocket, peer: string | null) => {
    const inbox = createInbox(socket)
    const epoch = await login(socket, inbox, options)
    session?.end('a newer session took its place')
    const mine = serve(socket, inbox, {
      clock,
      logger,
      precedents: () => ({
        server: options.server,
        newest,
        refusal: options.refusal ?? (() => null),
      }),
      onHeard,
      onSpec,
      report: options.report,
    })
    session = mine
    onHeard()
    if (peer !== null) options.onController?.(peer)
    logger.info('The controller is connected', { epoch, peer })
    if (last) mine.applied(last)
    await mine.ended
    if (session === mine) session = undefined
    logger.info('The session with the controller ended')
  }

  return {
    accept: (socket, peer = null) => {
      take(socket, peer).catch((error: Error) => {
        logger.warn(`A connection came to nothing: ${error.message}`)
        socket.terminate()
      })
    },
    applied: (frame) => {
      last = { type: 'applied', ...frame }
      session?.applied(last)
    },
    connected: () => session !== undefined,
    heardMs: () => heardMs,
    close: () => session?.end('the agent stops'),
  }
}
