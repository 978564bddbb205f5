import type { Duplex } from 'node:stream'
import type { Clock } from '../../lib/clock/index.ts'
import type { Applied, HostReport, HostSpec } from '../../lib/contract/index.ts'
import type { Logger } from '../../lib/log/index.ts'

/** What the hub knows of one server's agent. */
export interface SessionState {
  readonly server: string
  /** Whether a session is open and its agent admitted. */
  readonly connected: boolean
  /** Wall time in milliseconds of the last frame; null before the first. */
  readonly lastSeen: number | null
  /** The agent's version; null before the first session. */
  readonly agent: string | null
  readonly applied: Applied | null
  readonly report: HostReport | null
}

export interface HubOptions {
  readonly clock: Clock
  readonly logger: Logger
  /** This controller's epoch, told to agents at welcome. */
  readonly epoch: number
  /** The admitted public key of a server (raw ed25519, base64); null while none is. */
  readonly knownKey: (server: string) => Promise<string | null>
  /** Stores a newly admitted key; the agent is welcomed only after it resolved. */
  readonly storeKey: (server: string, publicKey: string) => Promise<void>
}

export interface Wait {
  readonly withinMs: number
  readonly signal?: AbortSignal
}

/** Sessions with agents: who is connected, what each was told, what each says. */
export interface Hub {
  /**
   * Takes a connection (a tunnel's bytes) on which the agent of `server`, and no other, may log in.
   * A newer session of a server closes the older one.
   */
  attach(connection: Duplex, server: string): void
  /** Lets the agent of `server` enrol with this one-time token, for 30 minutes on the clock. */
  admit(server: string, token: string): void
  sessions(): readonly SessionState[]
  session(server: string): SessionState | undefined
  /** Sets what the server shall be; sent at once when connected, and at each login. */
  setSpec(server: string, spec: HostSpec): void
  /** Forgets a server: its spec, token and session. */
  forget(server: string): void
  /** Resolves when the server's agent is logged in. Throws EDGE_AGENT_ABSENT. */
  waitEnrolled(server: string, wait: Wait): Promise<void>
  /**
   * Resolves when the server acknowledged this generation, or a later one of this epoch, without
   * faults. Throws EDGE_SPEC_NOT_APPLIED with what the agent said last.
   */
  waitApplied(server: string, epoch: number, generation: number, wait: Wait): Promise<Applied>
  /** Calls back with every report; returns how to stop it. */
  onReport(listener: (server: string, report: HostReport) => void): () => void
  /** Calls back when a server's session opens, closes or acknowledges; returns how to stop it. */
  onChange(listener: (state: SessionState) => void): () => void
  close(): Promise<void>
}
