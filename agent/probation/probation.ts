import type { HostSpec } from '../../lib/contract/index.ts'

/** How a gateway answered: to a ping, at least to ARP, not at all. */
export type Reach = 'answers' | 'present' | 'silent'

/** What this host reached before it was changed. */
export interface Contact {
  /** Whether the controller was connected. */
  readonly controller: boolean
  readonly gateway: Reach
}

/**
 * Where a host stands with a specification that may cut it off:
 * - `calm`      what is in force is trusted
 * - `trial`     a new one is in force, and nothing shows yet that it did no harm
 * - `returned`  it cut the host off, the trusted one is in force again: does that help?
 * - `waiting`   it did not help, so it was something else: the new one is due when that is over
 */
export type Phase =
  | { readonly kind: 'calm' }
  | ({ readonly kind: 'trial' | 'returned' | 'waiting' } & Probation)

export interface Probation {
  /** The specification on trial, taken back or put off. */
  readonly spec: HostSpec
  readonly before: Contact
  /** When this phase's specification was in force, in monotonic milliseconds; null while it is not. */
  readonly sinceMs: number | null
}

/** A look at the world. */
export interface Look {
  readonly nowMs: number
  /** When the controller was last heard of. */
  readonly heardMs: number
  /** Asked for by `needsGateway` only. */
  readonly gateway: Reach | null
}

export type Verdict =
  | 'wait'
  /** It did no harm: keep it. */
  | 'trust'
  /** It cut this host off: the trusted one again. */
  | 'go-back'
  /** That helped: never again this one. */
  | 'confirm'
  /** That did not help: it is not to blame. */
  | 'doubt'
  /** The trouble is over: the one put off. */
  | 'try-again'

/** A change that could lose no contact, because there was none, needs no probation. */
export const mayCutOff = ({ controller, gateway }: Contact): boolean =>
  controller || gateway !== 'silent'

/** Whether the verdict hangs on the gateway now, which is then to be asked. */
export function needsGateway(phase: Phase, { nowMs, heardMs }: Look, limitMs: number): boolean {
  if (phase.kind === 'calm' || phase.sinceMs === null || heardMs > phase.sinceMs) return false
  return phase.kind !== 'trial' || nowMs - phase.sinceMs >= limitMs
}

/** What to do now. Pure: the clock's reading, the controller's last word and the gateway are given. */
export function judge(phase: Phase, look: Look, limitMs: number): Verdict {
  if (phase.kind === 'calm' || phase.sinceMs === null) return 'wait'
  const isLate = look.nowMs - phase.sinceMs >= limitMs
  const heard = look.heardMs > phase.sinceMs
  const reached = look.gateway !== null && !isLess(look.gateway, phase.before.gateway)
  switch (phase.kind) {
    case 'trial':
      if (heard || (isLate && reached)) return 'trust'
      return isLate && look.gateway !== null ? 'go-back' : 'wait'
    case 'returned':
      if (heard || reached) return 'confirm'
      return isLate ? 'doubt' : 'wait'
    case 'waiting':
      return heard || reached ? 'try-again' : 'wait'
  }
}

/** A gateway that answers ARP and no ping any more is cut off by a firewall or a route. */
const rank: Readonly<Record<Reach, number>> = { silent: 0, present: 1, answers: 2 }
const isLess = (now: Reach, before: Reach): boolean => now === 'silent' || rank[now] < rank[before]
