import type { OneObjects } from '../documents/index.ts'

/** A public address and the range that has it, as the API shows them. */
export interface ShownRange {
  readonly ar_id: number
  readonly ip: string
}

export function shownRanges({ networks }: OneObjects): ShownRange[] {
  return networks.flatMap(({ template }) => {
    const ar: unknown = template?.['ar']
    return Array.isArray(ar) ? (ar as ShownRange[]) : []
  })
}
