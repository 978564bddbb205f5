export interface PriceAnswer {
  readonly per_hour: number
  readonly per_month: number
  /** Paid at once and not given back. */
  readonly once: number
  readonly currency: string
  /** Where the price was read. */
  readonly source: string
}

export interface NotLookedAt {
  readonly what: string
  readonly why: string
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
