import { type Clock, coalesced } from '../../lib/clock/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { PriceBook } from '../scaleway/index.ts'
import { fault } from './faults.ts'
import { suspicionsOf } from './judge.ts'
import type { Leak, LeakReport, Leaks } from './leaks.ts'
import { type LookParts, lookAtAll } from './look.ts'
import { createMemory } from './memory.ts'
import { free, pricesOf } from './pricer.ts'
import { createReleaser } from './releaser.ts'
import type { Recheck, ReleaserParts } from './releaser-parts.ts'
import type { CloudView, LeakView, Suspicion } from './view.ts'

export interface LeaksParts extends LookParts, Omit<ReleaserParts, 'recheck'> {
  readonly prices: PriceBook
  readonly clock: Clock
  readonly logger: Logger
  /** How often to look unasked, in minutes; 0 for never. */
  readonly everyMinutes: number
}

export function createLeaks(parts: LeaksParts): Leaks {
  const { clock, logger, everyMinutes } = parts
  const memory = createMemory(clock)
  const closing = new AbortController()
  const told = new Set<string>()
  let running: Promise<void> = Promise.resolve()

  /** One look, and what follows from it together with earlier ones. */
  const suspect = coalesced(async () => {
    const looked = await lookAtAll(parts)
    const suspicions = suspicionsOf(looked.view)
    return { looked, suspicions, ages: memory.age(suspicions) }
  })

  async function look(): Promise<LeakReport> {
    const { looked, suspicions, ages } = await suspect()
    const prices = await pricesOf(suspicions, looked, parts.prices)
    const leaks = suspicions.map(
      (one): Leak => ({
        ...one,
        sinceMs: ages.get(one.id)?.sinceMs ?? looked.view.nowMs,
        price: one.place === '' ? free : prices.get(one.id),
      }),
    )
    const ripe = ({ id }: Leak) => ages.get(id)?.ripe ?? false
    return {
      atMs: looked.view.nowMs,
      leaks: leaks.filter(ripe),
      watched: leaks.filter((one) => !ripe(one)),
      unlooked: looked.view.cloud.unlooked,
    }
  }

  async function recheck(leak: Leak): Promise<Recheck> {
    const { looked, suspicions, ages } = await suspect()
    const still = suspicions.find(({ id, code }) => id === leak.id && code === leak.code)
    if (still === undefined) mustBeSeen(leak, looked.view.cloud)
    return {
      looked,
      leak: still && ages.get(still.id)?.ripe ? still : undefined,
      there: isThere(leak, looked.view),
    }
  }

  const releaser = createReleaser({ ...parts, recheck, signal: closing.signal })

  function tell({ leaks, unlooked }: LeakReport): void {
    const lines = [
      ...leaks.map(({ id, code, name, provisionId, evidence, price }) => ({
        key: `${id} ${code}`,
        text: `${id} (${name}) is a leak: ${evidence.join('; ')}`,
        fields: { provision: provisionId, code, perMonth: price?.perMonth },
      })),
      ...unlooked.map(({ what, why }) => ({
        key: what,
        text: `Not looked at for leaks: ${what}: ${why}`,
        fields: {},
      })),
    ]
    for (const { key, text, fields } of lines) if (!told.has(key)) logger.warn(text, fields)
    told.clear()
    for (const { key } of lines) told.add(key)
  }

  async function watch(): Promise<void> {
    while (true) {
      await clock.rest(everyMinutes * 60_000, closing.signal)
      try {
        tell(await look())
      } catch (error) {
        logger.warn('Nothing was looked at for leaks', { why: sentenceOf(error) })
      }
    }
  }

  return {
    look,
    release: releaser.release,
    releases: releaser.releases,
    start() {
      // Rejected only by the close.
      if (everyMinutes > 0) running = watch().catch(() => undefined)
    },
    async close() {
      closing.abort()
      await Promise.all([running, releaser.idle()])
    },
  }
}

function isThere({ id }: Suspicion, { cloud, one }: LeakView): boolean {
  return [...cloud.objects, ...one.objects].some((object) => `${object.kind}/${object.id}` === id)
}

/** What could not be looked at is not gone for that. */
function mustBeSeen({ id, place }: Suspicion, { places, unlooked }: CloudView): void {
  if (place === '') return
  if (!places.some(({ name }) => name === place))
    throw fault('EDGE_LEAK_PLACE', `${id} could not be looked at again in ${place}`)
  const unseen = unlooked.find((one) => one.place === place)
  if (unseen)
    throw fault('EDGE_LEAK_UNSEEN', `${id} could not be looked at again`, { answer: unseen.why })
}
