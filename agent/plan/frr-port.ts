import type { HostSpec } from '../../lib/contract/index.ts'

/** A change of FRR's configuration, already carried out or only planned. */
export interface FrrStep {
  readonly kind: 'frr'
  readonly sentence: string
}

export interface FrrOutcome {
  readonly steps: readonly FrrStep[]
  /** One sentence each; empty when FRR is as the spec wants it. */
  readonly faults: readonly string[]
}

/** How the network loop reaches FRR: handed in, so that the loop runs without it in tests. */
export interface FrrPort {
  /** Makes FRR match the spec by deltas; never restarts it. Called once per round, after the underlay is up. */
  apply(spec: HostSpec): Promise<FrrOutcome>
  /**
   * Whether all that this spec asks of FRR was in force at the last `apply`, so that nothing need wait
   * for a look at it. Unknown is false.
   */
  knows?(spec: HostSpec): boolean
  /** What `apply` would change. */
  plan(spec: HostSpec): Promise<readonly FrrStep[]>
}
