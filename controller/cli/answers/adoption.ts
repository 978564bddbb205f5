import type { PriceAnswer } from './prices.ts'

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
