import { createHash } from 'node:crypto'
import type { Clock } from '../../lib/clock/index.ts'
import { Fault } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Documents } from '../documents/index.ts'
import type { User } from '../opennebula/index.ts'
import type { Asker } from './asker.ts'
import { createImpatience } from './impatience.ts'
import type { OneLogin, OwnLogin } from './ports.ts'
import { promptOf } from './prompt.ts'
import { createTurnstile } from './turnstile.ts'

export interface Trust {
  /** Believes nothing that was said before. */
  readonly anew?: boolean
  /** Knows the controller's own login also while oned is late. */
  readonly fromMemory?: boolean
}

export interface Believer {
  /**
   * Who has this `user:password`; undefined when oned says nobody. Throws EDGE_LOGINS_MANY, and
   * ONE_UNREACHABLE while oned does not say.
   */
  who(session: string, trust?: Trust): Promise<Asker | undefined>
}

export interface BelieverOptions {
  readonly one: OneLogin
  readonly own?: OwnLogin | undefined
  readonly documents: Documents
  readonly clock: Clock
  readonly logger: Logger
}

/** How long oned's yes is believed; a no is always asked again. */
const believedMs = 10_000
/** What is not answered by then may be lost: who comes later asks again. */
const sharedMs = 2_000
/** oned serves fifteen connections to everybody, and eight of them to us. */
const asksAtOnce = 4
const asksWaiting = 200
/** A wrong password keeps its place, so that guessing is slow however many guess. */
const wrongMs = 100
/** Who was let in not long ago does not queue behind those who guess. */
const knownMs = 3_600_000
const mostKnown = 1_000

const tellEveryMs = 60_000

interface Asked {
  readonly answer: Promise<Asker | undefined>
  readonly since: number
}

/** Asks oned once for all who show the same login at the same time. Keeps hashes, no passwords. */
export function createBeliever(options: BelieverOptions): Believer {
  const { one, own, documents, clock, logger } = options
  const believed = new Map<string, { asker: Asker; until: number }>()
  const asking = new Map<string, Asked>()
  /** When oned last said yes, the latest last. */
  const accepted = new Map<string, number>()
  const enter = createTurnstile(asksAtOnce, asksWaiting)
  const impatience = createImpatience(clock, logger)
  const ownKey = own && keyOf(own.session)
  const ownAsker = own && askerOf(own.user, own.session, true)
  let ownRefused = false

  function askerOf(user: User, session: string, ours: boolean): Asker {
    const store = one.as(session)
    const mine = documents.as(store)
    return {
      user,
      documents: mine,
      stored: store.documents,
      prompt: promptOf(mine, documents, ours ? impatience : undefined),
    }
  }

  async function ask(key: string, session: string): Promise<Asker | undefined> {
    const user = await one.as(session).user().catch(refusal)
    if (key === ownKey) ownRefused = user === undefined
    accepted.delete(key)
    if (!user) return undefined
    accepted.set(key, clock.elapsed())
    for (const [oldest] of accepted) if (accepted.size > mostKnown) accepted.delete(oldest)
    const asker = askerOf(user, session, key === ownKey)
    for (const [old, { until }] of believed) if (until <= clock.elapsed()) believed.delete(old)
    believed.set(key, { asker, until: clock.elapsed() + believedMs })
    return asker
  }

  let toldAt = Number.NEGATIVE_INFINITY
  function tellCrowd(): void {
    if (clock.elapsed() - toldAt < tellEveryMs) return
    toldAt = clock.elapsed()
    logger.warn('logins are refused unchecked: too many wait for oned', { waiting: asksWaiting })
  }

  async function askInTurn(key: string, session: string): Promise<Asker | undefined> {
    const leave = await enter().catch((error: unknown) => {
      tellCrowd()
      throw error
    })
    let pauseMs = 0
    try {
      const asker = await ask(key, session)
      if (!asker) pauseMs = wrongMs
      return asker
    } finally {
      if (pauseMs > 0) void clock.sleep(pauseMs).then(leave)
      else leave()
    }
  }

  /** The same login shown many times at once, as scripts do, is one question. */
  function askOnce(key: string, session: string): Promise<Asker | undefined> {
    const running = asking.get(key)
    if (running && running.since + sharedMs > clock.elapsed()) return running.answer
    const letIn = accepted.get(key) ?? Number.NEGATIVE_INFINITY
    const known = key === ownKey || letIn + knownMs > clock.elapsed()
    const answer = (known ? ask : askInTurn)(key, session).finally(() => {
      if (asking.get(key) === asked) asking.delete(key)
    })
    const asked: Asked = { answer, since: clock.elapsed() }
    asking.set(key, asked)
    return answer
  }

  return {
    async who(session, { anew = false, fromMemory = false } = {}) {
      const key = keyOf(session)
      const known = believed.get(key)
      if (!anew && known && known.until > clock.elapsed()) return known.asker
      believed.delete(key)
      const answer = askOnce(key, session)
      if (anew || !fromMemory || key !== ownKey) return await answer
      // what it changes needs oned's word, and so does what oned has refused since the start
      return await impatience(answer, () => (ownRefused ? undefined : ownAsker))
    },
  }
}

function keyOf(session: string): string {
  return createHash('sha256').update(session).digest('base64')
}

function refusal(error: unknown): undefined {
  if (error instanceof Fault && error.kind === 'denied') return
  throw error
}
