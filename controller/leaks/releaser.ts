import { sentenceOf } from '../../lib/fault/index.ts'
import { fault } from './faults.ts'
import type { Leak, Release } from './leaks.ts'
import type { ReleaserParts } from './releaser-parts.ts'
import { rankOf, stagesOf } from './stages.ts'
import type { Suspicion } from './view.ts'

export interface Releaser {
  release(leaks: readonly Leak[]): void
  releases(): readonly Release[]
  /** Resolves when no release is under way. */
  idle(): Promise<void>
}

/** Old outcomes are of no use to anybody. */
const keptReleases = 500

/**
 * Gives back what nothing knows, in the order in which the clouds let go of it. One that fails stops
 * no other.
 */
export function createReleaser(parts: ReleaserParts & { readonly signal: AbortSignal }): Releaser {
  const { logger, signal } = parts
  const outcomes = new Map<string, Release>()
  const jobs = new Set<Promise<void>>()

  function note(leak: Leak, outcome: Release['outcome'], sentence: string): void {
    const { id, providers } = leak
    outcomes.delete(id)
    outcomes.set(id, { id, providers, outcome, sentence })
    for (const [oldest] of outcomes) {
      if (outcomes.size <= keptReleases) break
      outcomes.delete(oldest)
    }
  }

  async function all(leaks: readonly Leak[]): Promise<void> {
    const ranks = Map.groupBy(leaks, ({ kind }) => rankOf(kind))
    for (const rank of [...ranks.keys()].sort((a, b) => a - b))
      await Promise.all((ranks.get(rank) ?? []).map(one))
  }

  async function one(leak: Leak): Promise<void> {
    const { id, name } = leak
    try {
      const [outcome, sentence] = await unshared(leak, () => staged(leak))
      note(leak, outcome, sentence)
      logger.info(`${id} (${name}) is ${outcome}`, { sentence })
    } catch (error) {
      const sentence = sentenceOf(error)
      note(leak, 'failed', sentence)
      if (!signal.aborted) logger.warn(`${id} (${name}) is not released`, { why: sentence })
    }
  }

  /** An address of a living provision may be asked for at any moment; of one that is gone, by nobody. */
  async function unshared<T>({ id, kind, certain }: Leak, work: () => Promise<T>): Promise<T> {
    if (kind !== 'flexible-ip' || certain) return await work()
    return await parts.flexibleIps.withhold(id.slice('flexible-ip/'.length), work)
  }

  async function staged(leak: Leak): Promise<readonly [Release['outcome'], string]> {
    for (const stage of stagesOf(leak.kind)) {
      signal.throwIfAborted()
      const now = await parts.recheck(leak)
      if (!now.there) return ['released', 'It is gone']
      if (now.leak === undefined) return ['kept', 'Looked at again, something knows it']
      mustBeEmpty(now.leak)
      if (!(await parts.holds())) throw fault('EDGE_LEAK_DEPOSED', `${leak.id} is left alone`)
      const tell = (detail: string) => note(leak, 'under way', detail)
      await stage({ leak: now.leak, looked: now.looked, parts, signal, tell })
    }
    return ['released', 'It is gone']
  }

  return {
    release(leaks) {
      const fresh = leaks.filter(({ id }) => outcomes.get(id)?.outcome !== 'under way')
      for (const leak of fresh) note(leak, 'under way', 'It is looked at once more')
      const job = all(fresh).finally(() => jobs.delete(job))
      jobs.add(job)
    },
    releases: () => [...outcomes.values()],
    async idle() {
      await Promise.all(jobs)
    },
  }
}

function mustBeEmpty({ id, guests }: Suspicion): void {
  if (guests.length === 0) return
  throw fault('EDGE_LEAK_GUESTS', `${id} is kept: virtual machines ${guests.join(', ')} need it`)
}
