import { handedOutMs, pairOf, reuseAfterMs } from '../../ipam/flexible-ip/index.ts'
import type { CloudItem, LeakView, ProvisionView, RangeView, Reason } from './view.ts'

/** A flexible IP of a living provision is known by the address range that has it. */
export function judgeAddress(
  address: CloudItem,
  owner: ProvisionView,
  { one, nowMs }: LeakView,
): Reason | undefined {
  if (one.creating.has(owner.id)) return undefined
  const handedOut = handedOutMs(address.tags)
  // A younger one may belong to a register whose range is not in OpenNebula yet.
  if (handedOut + reuseAfterMs > nowMs) return undefined
  if (one.ranges.some((range) => speaksOf(range, address))) return undefined
  const pair = pairOf(address.tags)
  const since = handedOut === 0 ? '' : `, which was ${new Date(handedOut).toISOString()}`
  return {
    code: 'address-unused',
    evidence: [
      `None of ${one.ranges.length} address ranges of OpenNebula has ${address.name}, its id${pair ? `, ${pair}` : ''} or its key ${address.key}`,
      `No network of provision ${owner.id} is being made, and nobody was given the address lately${since}`,
    ],
  }
}

/** Users may rewrite all of a range but its IP, so any of the four is enough to leave the address alone. */
function speaksOf(range: RangeView, { id, name, tags, provision, key }: CloudItem): boolean {
  const ip = pairOf(tags)?.split('/')[0]
  return (
    range.flexibleIpId === id ||
    range.external === name ||
    (ip !== undefined && range.ip === ip) ||
    range.edgeKey === `${provision}/${key}`
  )
}
