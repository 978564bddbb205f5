import type { InputSpec, OneObjects, Scaling } from '../documents/index.ts'

/** A document as the API answers it, its DOCUMENT wrapper taken off. */
export interface DocumentAnswer {
  readonly ID: string
  readonly NAME: string
  readonly UNAME: string
  readonly GNAME: string
  readonly PERMISSIONS: Readonly<Record<string, string>>
}

export interface ProviderAnswer extends DocumentAnswer {
  readonly TEMPLATE: {
    readonly PROVIDER_BODY: {
      readonly description: string
      readonly driver: string
      readonly version: string
      readonly connection: Readonly<Record<string, unknown>>
      readonly provision_ids: readonly number[]
      readonly registration_time: number
    }
  }
}

export interface ProvisionAnswer extends DocumentAnswer {
  readonly TEMPLATE: {
    readonly PROVISION_BODY: {
      readonly description: string
      readonly state: string
      readonly provider_id: number
      readonly user_inputs_values: Readonly<Record<string, unknown>>
      readonly one_objects: OneObjects
      readonly tags: Readonly<Record<string, string>>
      readonly registration_time: number
      readonly historic: readonly {
        readonly action: string
        readonly description: string
        readonly time: number
      }[]
      /** What is to come and go; absent at rest, and from a stock OneForm server. */
      readonly scaling?: Scaling
    }
  }
}

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

export interface PriceAnswer {
  readonly per_hour: number
  readonly per_month: number
  /** Paid at once and not given back. */
  readonly once: number
  readonly currency: string
  /** Where the price was read. */
  readonly source: string
}

/** What a dry run answers: what would be created, in order. */
export interface PlanAnswer {
  readonly dry_run: true
  readonly zone: string
  readonly create: readonly {
    readonly kind: string
    readonly what: string
    readonly count: number
    /** Null when nobody tells it. */
    readonly price: PriceAnswer | null
  }[]
  readonly total: PriceAnswer & { readonly complete: boolean }
  readonly opennebula: readonly string[]
  readonly warnings: readonly string[]
}

/** What taking over a stock provision would be. */
export interface AdoptionAnswer {
  /** False once it is being done. */
  readonly dry_run: boolean
  readonly provision: { readonly id: number; readonly name: string }
  readonly provider: { readonly id: number; readonly name: string } | null
  readonly found: readonly { readonly where: string; readonly what: string }[]
  readonly change: readonly {
    readonly where: string
    readonly object: string
    readonly what: string
  }[]
  readonly in_the_way: readonly string[]
  readonly stays_behind: readonly string[]
  /** What it would cost more than now. */
  readonly price: PriceAnswer | null
  /** Which plan this is; sent back, only this one is carried out. */
  readonly plan: string
}

/** Something that nothing knows and somebody pays for. */
export interface LeakAnswer {
  readonly id: string
  readonly code: string
  readonly kind: string
  readonly name: string
  readonly provision_id: number | null
  readonly provision_uuid: string
  /** Project and zone; empty for what is in OpenNebula. */
  readonly place: string
  readonly evidence: readonly string[]
  /** Seconds since 1970. */
  readonly since: number
  readonly price: PriceAnswer | null
}

interface NotLookedAt {
  readonly what: string
  readonly why: string
}

export interface LeaksAnswer {
  /** Seconds since 1970. */
  readonly looked_at: number
  readonly leaks: readonly LeakAnswer[]
  /** Suspected, and not for long enough yet. */
  readonly watched: readonly LeakAnswer[]
  readonly not_looked_at: readonly NotLookedAt[]
}

export interface ReleaseAnswer {
  readonly id: string
  readonly outcome: 'under way' | 'released' | 'kept' | 'failed'
  readonly sentence: string
}

/** What a provision has at Scaleway now. */
export interface CostAnswer {
  readonly items: readonly {
    readonly kind: string
    readonly id: string
    readonly name: string
    readonly price: PriceAnswer | null
  }[]
  readonly total: PriceAnswer & { readonly complete: boolean }
  readonly not_looked_at: readonly NotLookedAt[]
}

/** What of others is on a provision: kinds of places, places by id, kinds of objects, their ids. */
export type UnmanagedAnswer = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>
>

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

export interface LogLine {
  readonly level: string
  readonly text: string
}
