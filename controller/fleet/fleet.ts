import type { Clock } from '../../lib/clock/index.ts'
import type { HostSpec } from '../../lib/contract/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Hub } from '../hub/index.ts'
import type { Network, OpenNebula, Vm } from '../opennebula/index.ts'
import type { Claim } from './claims.ts'
import type { Pools, ProvisionFacts, ServerFacts } from './facts.ts'
import type { Moves } from './moves.ts'

export interface FleetOptions {
  readonly one: { readonly networks: Pick<OpenNebula['networks'], 'list'> } & {
    readonly vms: Pick<OpenNebula['vms'], 'list'>
  }
  readonly hub: Pick<Hub, 'setSpec' | 'waitApplied'>
  /** This controller's epoch. Generations count from 1 within it, so no pair is ever used twice. */
  readonly epoch: number
  /** HKDF of the controller's master secret; the fleet's purpose is `bgp/<provision uuid>`. */
  readonly derive: (purpose: string) => Buffer
  readonly clock: Clock
  readonly logger: Logger
  readonly pools?: Pools
}

/**
 * The desired state of every host: compiled from what provisioning knows, oned's networks and VMs,
 * pushed to the hub whenever it changes.
 */
export interface Fleet {
  /** Sets or replaces what is known of a provision's servers, and pushes what follows from it. */
  set(facts: ProvisionFacts): Promise<void>
  /** Compiles nothing for this provision any more; what its hosts were last told stays. */
  forget(provisionId: number): void
  facts(provisionId: number): ProvisionFacts | undefined
  /** All provisions whose hosts' states follow from what was last read. */
  known(): readonly ProvisionFacts[]
  /**
   * The server behind an OpenNebula host. Waits a little: a controller that has just started learns
   * of its hosts while drivers already ask. Throws EDGE_FLEET_UNKNOWN.
   */
  server(provisionId: number, hostId: number): Promise<ServerFacts>
  /** Reads oned anew, compiles and pushes. */
  refresh(): Promise<void>
  /** Compiles and pushes from what was last read, after a note in `moves`. */
  compile(): void
  /** Resolves when every host (or the given ones) acknowledged its newest spec without faults. */
  waitSettled(provisionId: number, wait: SettleWait): Promise<void>
  /** The newest spec of a server; undefined before the first. */
  spec(server: string): HostSpec | undefined
  /** What could not be compiled as asked, one sentence each; per provision. */
  refusals(provisionId: number): readonly string[]
  /** Who holds which elastic address where, over all provisions: what hosts were told last. */
  claims(): readonly Claim[]
  /** Calls back after each look at oned that saw all of it; returns how to stop it. */
  onLook(tell: () => void): () => void
  /** Networks as last read. */
  networks(): readonly Network[]
  /** VMs as last read. */
  vms(): readonly Vm[]
  /** What the elastic driver told us of addresses ahead of oned. */
  readonly moves: Moves
  /** Polls oned every 5 s until closed. */
  start(): void
  close(): Promise<void>
}

export interface SettleWait {
  readonly withinMs: number
  readonly servers?: readonly ServerFacts['server'][]
  readonly signal?: AbortSignal
}
