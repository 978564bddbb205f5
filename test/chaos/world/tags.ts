import { tagValue } from '../../../lib/scaleway/index.ts'

/** The /31 recorded with an address. */
export function pairOf(tags: readonly string[]): string | undefined {
  return tagValue(tags, 'private')
}
