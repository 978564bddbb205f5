import type { HostSpec } from '../../lib/contract/index.ts'
import type { Observed, Stack } from '../host/index.ts'
import { admit } from './admit.ts'
import { desired, publicDeviceOf } from './desired.ts'
import type { Wanted } from './wanted.ts'

interface Compiled {
  readonly wanted: Wanted
  /** What of the spec was left out, one sentence each. */
  readonly faults: readonly string[]
}

interface Known {
  readonly spec: HostSpec
  readonly observed: Observed
  readonly compiled: Compiled
}

/** The last result for a list of links, with what else it was made from. */
const last = new WeakMap<Stack['links'], Known>()

/**
 * What the spec wants of this host. Whoever looks must know it before the look is complete, and who
 * plans needs it again: the same spec and the same links, routes and addresses are compiled once.
 */
export function compile(spec: HostSpec, observed: Observed): Compiled {
  const { links } = observed.host
  const known = last.get(links)
  if (known?.spec === spec && isSameGround(known.observed, observed)) return known.compiled
  const admitted = admit(spec, observed, publicDeviceOf(observed))
  const compiled = { wanted: desired(admitted.spec, observed), faults: admitted.faults }
  last.set(links, { spec, observed, compiled })
  return compiled
}

/** What of an observation decides what is wanted, beside its links. */
function isSameGround(a: Observed, b: Observed): boolean {
  return (
    a.host.routes === b.host.routes &&
    a.host.addresses === b.host.addresses &&
    (a.controllers ?? []).join() === (b.controllers ?? []).join()
  )
}

/** What the spec wants observed: for those who must know before they look. */
export function wantedOf(spec: HostSpec, observed: Observed): Wanted {
  return compile(spec, observed).wanted
}
