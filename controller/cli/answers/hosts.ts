/** Where a provision's public addresses are, as the controller found them last. */
export interface AddressesAnswer {
  /** Seconds since 1970; null before the first look. */
  readonly looked_at: number | null
  readonly addresses: readonly {
    readonly address: string
    readonly vm_address: string
    readonly vm_id: number | null
    readonly attached_to: string | null
    readonly wanted_on: string | null
    readonly status: string
    readonly verdict: string
    readonly sentence: string | null
    readonly reverse: string
  }[]
  readonly findings: readonly string[]
}

/** How the hosts of a provision are, as their agents said last. */
export interface FleetAnswer {
  readonly hosts: readonly {
    readonly host_id: number
    readonly key: string
    readonly address: string
    readonly connected: boolean
    /** Seconds since 1970; null for never. */
    readonly last_seen: number | null
    readonly verdict: string | null
    readonly reasons: readonly string[]
    readonly versions: Readonly<Record<string, string>> | null
    readonly settled: boolean
    readonly faults: readonly string[]
  }[]
  readonly refusals: readonly string[]
}
