import type { Duplex } from 'node:stream'
import { backoff, type Clock } from '../../lib/clock/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { SshTarget } from './target.ts'
import { openTunnel, type Tunnel } from './tunnel.ts'

export interface TunnelsOptions {
  readonly clock: Clock
  readonly logger: Logger
  /** Takes each connection: the hub's `attach`. */
  readonly attach: (connection: Duplex, server: string) => void
  /** How a tunnel is opened; by ssh unless given. */
  readonly open?: (target: SshTarget) => Promise<Tunnel>
}

/** One tunnel per host, opened again whenever it ends. */
export interface Tunnels {
  /** Keeps a tunnel to this server from now on; a changed target replaces the old one. */
  keep(server: string, target: SshTarget): void
  drop(server: string): void
  close(): Promise<void>
}

interface Keeper {
  readonly target: SshTarget
  readonly stop: AbortController
  readonly done: Promise<void>
}

/** A tunnel that held this long was a good one: the next pause is short again. */
const steadyMs = 60_000

export function createTunnels(options: TunnelsOptions): Tunnels {
  const keepers = new Map<string, Keeper>()
  const drop = async (server: string) => {
    const keeper = keepers.get(server)
    keepers.delete(server)
    keeper?.stop.abort()
    await keeper?.done
  }
  return {
    keep: (server, target) => {
      const held = keepers.get(server)
      if (held && JSON.stringify(held.target) === JSON.stringify(target)) return
      held?.stop.abort()
      const stop = new AbortController()
      keepers.set(server, { target, stop, done: keepOpen(options, server, target, stop.signal) })
    },
    drop: (server) => void drop(server),
    close: async () => {
      await Promise.all([...keepers.keys()].map(drop))
    },
  }
}

async function keepOpen(
  options: TunnelsOptions,
  server: string,
  target: SshTarget,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = options
  let pauses = backoff(1000, 30_000)
  while (!signal.aborted) {
    const begun = clock.elapsed()
    await once(options, server, target, signal)
    if (clock.elapsed() - begun > clock.patience(steadyMs)) pauses = backoff(1000, 30_000)
    await clock.sleep(pauses.next().value ?? 0, signal).catch(() => undefined)
  }
}

/** One tunnel from its opening to its end. Never throws: what went wrong is logged. */
async function once(
  { attach, logger, open = openTunnel }: TunnelsOptions,
  server: string,
  target: SshTarget,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { connection, ended } = await open(target)
    const end = () => connection.destroy()
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    else attach(connection, server)
    const why = await ended
    signal.removeEventListener('abort', end)
    if (why && !signal.aborted) logger.warn(`A tunnel ended: ${sentenceOf(why)}`, { server })
  } catch (error) {
    logger.warn(`A tunnel could not be opened: ${sentenceOf(error)}`, { server })
  }
}
