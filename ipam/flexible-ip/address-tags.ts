import { numberToIpv4, parseCidr } from '../../lib/net/index.ts'
import {
  carries,
  type Identity,
  type Scaleway,
  tagsFor,
  tagValue,
  wantedTags,
} from '../../lib/scaleway/index.ts'
import type { FlexibleAddress } from './flexible-ips.ts'

/** A flexible IP as the SDK answers it. */
export type CloudAddress = Awaited<ReturnType<Scaleway['flexibleIp']['getFlexibleIP']>>

/** Which VM address pair belongs to the flexible IP, `100.64.0.0/31`. */
const pairTag = 'private'
/** When it was last handed to an address range, in seconds since 1970. Scaleway's own dates are a pool's. */
const handedTag = 'handed_out'

/** All tags of a provision's flexible IP. */
export function addressTags(
  identity: Identity,
  key: string,
  pair: string,
  handedOutMs: number,
): string[] {
  // A user's tag of one of our names must not decide which pair it is.
  const users = Object.entries(identity.userTags).filter(
    ([name]) => name !== pairTag && name !== handedTag,
  )
  return [
    ...tagsFor({ ...identity, userTags: Object.fromEntries(users) }, 'flexible-ip', key),
    `${pairTag}=${pair}`,
    `${handedTag}=${Math.floor(handedOutMs / 1000)}`,
  ]
}

/** The pair recorded in the tags; undefined when there is none or it is malformed. */
export function pairOf(tags: readonly string[]): string | undefined {
  const text = tagValue(tags, pairTag)
  try {
    return text !== undefined && parseCidr(text).bits === 31 ? text : undefined
  } catch {
    return undefined
  }
}

/** Milliseconds since 1970; 0 when not recorded. */
export function handedOutMs(tags: readonly string[]): number {
  const seconds = Number(tagValue(tags, handedTag) ?? 0)
  return Number.isFinite(seconds) ? seconds * 1000 : 0
}

export function isOurs(fip: CloudAddress, identity: Identity): boolean {
  return carries(fip.tags, wantedTags(identity, 'flexible-ip'))
}

/** As the suite sees it; undefined for an address without a usable pair in its tags. */
export function addressFrom(fip: CloudAddress): FlexibleAddress | undefined {
  const pair = pairOf(fip.tags)
  if (pair === undefined) return undefined
  const { first, last } = parseCidr(pair)
  return {
    id: fip.id,
    external: fip.ipAddress,
    ip: numberToIpv4(first),
    gateway: numberToIpv4(last),
    key: tagValue(fip.tags, 'key') ?? '',
    status: fip.status,
    server: fip.serverId ?? null,
    reverse: fip.reverse ?? '',
  }
}
