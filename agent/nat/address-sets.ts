import { formatCidr, formatCidr6, parseCidr, parseCidr6 } from '../../lib/net/index.ts'

export function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}

/** IPv4 prefixes without those that lie inside another: nft refuses overlapping intervals. */
export function prefixes(texts: readonly string[]): string[] {
  return outermost(texts.filter(isV4).map(parseCidr)).map((range) => bare(formatCidr(range), '/32'))
}

/** The IPv6 prefixes of a list, likewise. */
export function prefixes6(texts: readonly string[]): string[] {
  return outermost(texts.filter((text) => !isV4(text)).map(parseCidr6))
    .filter(({ first }) => !holdsIpv4(first))
    .map((range) => bare(formatCidr6(range), '/128'))
}

/** The IPv4 addresses of a list that may hold both kinds. */
export const addresses = (texts: readonly string[]): string[] => unique(texts.filter(isV4))

/** The IPv6 addresses of a list that may hold both kinds. */
export const addresses6 = (texts: readonly string[]): string[] =>
  prefixes6(texts.filter((text) => !isV4(text)).map((text) => `${text}/128`))

const isV4 = (text: string): boolean => !text.includes(':')
const bare = (text: string, whole: string): string =>
  text.endsWith(whole) ? text.slice(0, -whole.length) : text

/** ::ffff:0:0/96 and ::/96: never a source on a wire (RFC 4291), and written in another form by nft. */
const holdsIpv4 = (first: bigint): boolean => first !== 0n && first >> 48n === 0n

interface Range {
  readonly first: number | bigint
  readonly last: number | bigint
}

function outermost<T extends Range>(ranges: readonly T[]): T[] {
  const kept: T[] = []
  const widestFirst = (a: T, b: T) =>
    a.first < b.first || (a.first === b.first && a.last > b.last) ? -1 : 1
  for (const range of ranges.toSorted(widestFirst)) {
    const before = kept.at(-1)
    if (before === undefined || range.first > before.last) kept.push(range)
  }
  return kept
}
