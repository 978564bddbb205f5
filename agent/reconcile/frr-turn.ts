import type { HostSpec } from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { FrrOutcome, FrrPort } from '../plan/index.ts'

/** A spec that FRR's model refuses is in force nowhere; applying it says why. */
export function isInForce(frr: FrrPort, spec: HostSpec): boolean {
  try {
    return frr.knows?.(spec) === true
  } catch {
    return false
  }
}

/** FRR's trouble is reported, and the flood list carries the traffic meanwhile. */
export async function frrOutcome(frr: FrrPort, spec: HostSpec): Promise<FrrOutcome> {
  try {
    return await frr.apply(spec)
  } catch (error) {
    return { steps: [], faults: [sentenceOf(error)] }
  }
}
