import type { Link, Stack } from './observed.ts'

const indexes = new WeakMap<readonly Link[], ReadonlyMap<string, Link>>()

/** The link of this name, by an index made once for each list: a full host has some 2,000 links. */
export function linkNamed({ links }: Pick<Stack, 'links'>, name: string): Link | undefined {
  const index = indexes.get(links) ?? new Map(links.map((link) => [link.name, link]))
  indexes.set(links, index)
  return index.get(name)
}
