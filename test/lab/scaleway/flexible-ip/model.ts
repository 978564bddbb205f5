export type FlexibleIpStatus = 'ready' | 'updating' | 'attached' | 'detaching' | 'error' | 'locked'

/** An address of Scaleway's pool: its id and date stay the same through all its owners. */
export interface PoolRecord {
  readonly id: string
  readonly ip_address: string
  readonly created_at: string
  readonly ipv6: boolean
}

export interface FlexibleIp {
  readonly id: string
  readonly organization_id: string
  project_id: string
  description: string
  tags: readonly string[]
  readonly created_at: string
  updated_at: string
  status: FlexibleIpStatus
  readonly ip_address: string
  readonly mac_address: null
  server_id: string | null
  reverse: string
  readonly zone: string
  readonly hidden: {
    readonly record: PoolRecord
    /** Where an accepted attach is going, until it is there. */
    target: string | null
    /** Released while still attached: gone when the detach ends. */
    doomed: boolean
    /** Rises with each accepted operation, so that an overtaken one knows. */
    turn: number
  }
}
