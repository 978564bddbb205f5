import type { InputSpec } from '../../documents/index.ts'

export interface SyncAnswer {
  readonly success: readonly string[]
  /** A stock server may tell names only. */
  readonly failed: readonly (string | { readonly name: string; readonly error: string })[]
}

export interface DriverAnswer {
  readonly name: string
  readonly description: string
  readonly state: string
  readonly version: string
  /** Whose implementation of the driver answers: `edgectl`. */
  readonly registry: string
  readonly connection: readonly InputSpec[]
  readonly user_inputs: readonly InputSpec[]
  readonly deployment_confs: readonly {
    readonly inventory: string
    readonly user_inputs: readonly InputSpec[]
  }[]
}
