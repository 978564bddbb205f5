import type { Clock } from '../../lib/clock/index.ts'
import type { HostSpec } from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import { fingerprint } from '../host/index.ts'
import type { AgentState } from '../state/index.ts'
import type { Hop } from './gateway.ts'
import { createNearby, type Gateway } from './nearby.ts'
import {
  type Contact,
  judge,
  type Look,
  mayCutOff,
  needsGateway,
  type Phase,
  type Reach,
} from './probation.ts'

export interface GuardOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly state: Pick<AgentState, 'lastGood' | 'keepGood' | 'refusal' | 'keepRefusal'>
  readonly controller: {
    connected(): boolean
    /** When it was last heard of, on the monotonic clock. */
    heardMs(): number
  }
  readonly gateway: Gateway
}

/**
 * Takes back a specification that cut this host off from the controller and from its gateway, and
 * remembers it. What is on trial is on disk only once it is trusted, so a crash or a reboot in between
 * comes back with the one before.
 */
export interface Guard {
  /** Which specification shall be in force when this one is wanted. Call before every round. */
  choose(wanted: HostSpec): Promise<HostSpec>
  /** This one was carried out; `changed` whether anything had to be. Never throws. */
  applied(spec: HostSpec, changed: boolean): Promise<void>
  /** Why this very specification must not be tried again; null when it may. */
  refusal(spec: HostSpec): string | null
  /** What to report while this one is in force. */
  faults(spec: HostSpec): string[]
  /** How soon to call `choose` again, on the clock's scale; null when nothing hurries. */
  readonly nextMs: number | null
}

/** How long a host may be cut off before it helps itself. */
const probationMs = 90_000
const askAgainMs = 5000
/** A gateway that is silent costs seconds to ask, which repairs would wait for. */
const askLaterMs = 30_000

export function createGuard({ clock, logger, state, controller, gateway }: GuardOptions): Guard {
  const nearby = createNearby(clock, gateway)
  let trusted = state.lastGood()
  let phase: Phase = { kind: 'calm' }
  let hop: Hop | null = null
  let askedMs = Number.NEGATIVE_INFINITY
  /** What was reached before the first change that nobody vouches for yet. */
  let before: Contact | null = null

  /** The router of before; where the host has another now, by whatever hand, that one counts as well. */
  const reach = async (spec: HostSpec): Promise<Reach> => {
    const known = await gateway.reach(hop)
    if (known !== 'silent') return known
    const now = await gateway.find(spec)
    return isSameHop(now, hop) ? known : gateway.reach(now)
  }
  const look = async (spec: HostSpec): Promise<Look> => {
    const nowMs = clock.elapsed()
    const now = { nowMs, heardMs: controller.heardMs(), gateway: null }
    const pauseMs = clock.patience(phase.kind === 'returned' ? askAgainMs : askLaterMs)
    if (nowMs - askedMs < pauseMs || !needsGateway(phase, now, clock.patience(probationMs)))
      return now
    const answer = await reach(spec)
    askedMs = clock.elapsed()
    return { nowMs: askedMs, heardMs: controller.heardMs(), gateway: answer }
  }
  const beginning = async (spec: HostSpec): Promise<void> => {
    if (before !== null) return
    const known = await nearby.known(spec)
    hop = known.hop
    before = { controller: controller.connected(), gateway: known.reach }
    askedMs = Number.NEGATIVE_INFINITY
  }
  const keep = (what: string, promise: Promise<void>): Promise<void> =>
    promise.catch((error) => logger.error(`${what} cannot be kept: ${sentenceOf(error)}`))
  const trust = async (spec: HostSpec): Promise<void> => {
    if (trusted === null || !isSame(spec, trusted)) await refuse(null)
    trusted = spec
    phase = { kind: 'calm' }
    before = null
    // A disk that was full is tried again at the next round.
    await keep('The specification for the next boot', state.keepGood(spec))
    nearby.refresh(spec)
  }
  const refuse = (refusal: ReturnType<AgentState['refusal']>) =>
    keep('What was taken back', state.keepRefusal(refusal))

  const decide = async (wanted: HostSpec): Promise<HostSpec> => {
    if (phase.kind === 'calm') return wanted
    const { spec } = phase
    switch (judge(phase, await look(spec), clock.patience(probationMs))) {
      case 'trust':
        await trust(spec)
        return wanted
      case 'go-back':
        if (trusted === null) return wanted
        logger.error(cutOff(spec, trusted))
        phase = { ...phase, kind: 'returned', sinceMs: null }
        askedMs = Number.NEGATIVE_INFINITY
        return trusted
      case 'confirm':
        await refuse(refusalOf(spec, trusted))
        phase = { kind: 'calm' }
        before = null
        return wanted
      case 'doubt':
        logger.warn(`It was not ${nameOf(spec)} that cut this host off: it is tried again later`)
        phase = { ...phase, kind: 'waiting' }
        return wanted
      case 'try-again':
        phase = { kind: 'calm' }
        before = null
        await beginning(spec)
        return spec
      default:
        return wanted
    }
  }

  return {
    async choose(wanted) {
      const inForce = phase.kind === 'trial' ? phase.spec : trusted
      if (inForce !== null && isSame(wanted, inForce)) return decide(wanted)
      // Something newer: whoever sent it was heard, so what was taken back is to blame.
      if (phase.kind === 'returned') await refuse(refusalOf(phase.spec, trusted))
      if (phase.kind !== 'trial') {
        phase = { kind: 'calm' }
        before = null
      }
      await beginning(wanted)
      return wanted
    },

    async applied(spec, changed) {
      const nowMs = clock.elapsed()
      if (phase.kind === 'returned' && phase.sinceMs === null) phase = { ...phase, sinceMs: nowMs }
      if (trusted !== null && isSame(spec, trusted)) {
        if (phase.kind === 'calm') await trust(spec)
        return
      }
      if (phase.kind === 'trial' && isSame(spec, phase.spec)) return
      const contact = before
      if (contact === null || !mayCutOff(contact) || (phase.kind === 'calm' && !changed))
        return trust(spec)
      phase = { kind: 'trial', spec, before: contact, sinceMs: nowMs }
    },

    refusal(spec) {
      if (phase.kind === 'returned' && isSame(spec, phase.spec)) return cutOff(spec, trusted)
      const refused = state.refusal()
      return refused !== null && isSame(spec, refused) && fingerprint(spec) === refused.hash
        ? refused.sentence
        : null
    },

    faults(spec) {
      if (phase.kind === 'returned') return [cutOff(phase.spec, trusted)]
      const isStuck =
        phase.kind === 'trial' &&
        trusted === null &&
        clock.elapsed() - (phase.sinceMs ?? 0) >= clock.patience(probationMs)
      if (isStuck) return [cutOff(spec, null)]
      const refused = state.refusal()
      return refused !== null && isNewer(refused, spec) ? [refused.sentence] : []
    },

    get nextMs() {
      if (phase.kind === 'returned') return askAgainMs
      if (phase.kind !== 'trial') return null
      const passed = (clock.elapsed() - (phase.sinceMs ?? 0)) / clock.patience(probationMs)
      return passed < 1 ? Math.ceil(probationMs * (1 - passed)) : null
    },
  }
}

const isSameHop = (a: Hop | null, b: Hop | null): boolean =>
  a?.address === b?.address && a?.device === b?.device

interface Named {
  readonly epoch: number
  readonly generation: number
}

const isSame = (a: Named, b: Named): boolean => a.epoch === b.epoch && a.generation === b.generation
const isNewer = (a: Named, b: Named): boolean =>
  a.epoch > b.epoch || (a.epoch === b.epoch && a.generation > b.generation)
const nameOf = ({ generation }: Named): string => `generation ${generation}`

function cutOff(spec: Named, trusted: Named | null): string {
  const what = `Generation ${spec.generation} cut this host off from the controller and its gateway`
  return trusted === null
    ? `${what}, and there is no earlier one to go back to`
    : `${what}; ${nameOf(trusted)} is in force again`
}

function refusalOf(spec: HostSpec, trusted: HostSpec | null) {
  const { epoch, generation } = spec
  return { epoch, generation, hash: fingerprint(spec), sentence: cutOff(spec, trusted) }
}
