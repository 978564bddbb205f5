/** Points of an operation after which an address stays in the wrong place for good. */
export interface Awaiting {
  /** It is certain, and asserted: a point that passes all the same stands here wrongly. */
  readonly surely: readonly string[]
  /** It depends on what the controller does just then on its own account. */
  readonly perhaps: RegExp
}

/**
 * Nobody looks again once a driver is gone: what a dead controller did not come to is done by no other.
 * The truth check of the fleet shall look each minute; with it, nothing may be left in this list.
 */
export const awaitingTruthCheck: Readonly<Record<string, Awaiting>> = {
  // post of a live migration may fail, and its failure is only logged.
  move: {
    surely: [
      'GET fips?tags=provision: controller killed before',
      'GET fips?tags=provision: controller killed after',
      'GET fips/:fip_id: controller killed before',
      'GET fips/:fip_id: controller killed after',
      'POST fips/detach: controller killed before',
      'POST fips/detach: controller killed after',
      'POST fips/attach: controller killed before',
    ],
    perhaps: /^spec for .*: controller killed/,
  },
  // clean must not fail, so it says nothing when an address could not be taken away.
  unassign: {
    surely: [
      'GET fips?tags=provision: controller killed before',
      'GET fips?tags=provision: controller killed after',
      'POST fips/detach: controller killed before',
      // The request is not sent again either.
      'POST fips/detach: answered 500, not done',
    ],
    perhaps: /^spec for .*: controller killed/,
  },
}
