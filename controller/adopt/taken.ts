import type { CloudObject } from './found.ts'

/** Whose tags it has, its it stays; those of this very provision are of a taking over that got lost. */
export function taken(what: string, { tags }: Pick<CloudObject, 'tags'>, uuid: string): string[] {
  const others = tags.includes('managed-by=edgectl') && !tags.includes(`provision=${uuid}`)
  return others ? [`${what} has the tags of an edgectl already`] : []
}
