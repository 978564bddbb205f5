import type { Clock } from '../../lib/clock/index.ts'
import type { Scaleway } from '../../lib/scaleway/index.ts'
import type { Collection, ProvisionBody } from '../documents/index.ts'
import { mayHaveDocument } from './gone.ts'
import { type CloudParts, lookAtClouds } from './look-clouds.ts'
import { lookAtDocuments, overTime } from './look-documents.ts'
import { type KnownRanges, lookAtOpenNebula, type Pools } from './look-opennebula.ts'
import type { LeakView, Unlooked } from './view.ts'

export interface LookParts extends CloudParts {
  readonly provisions: Pick<Collection<ProvisionBody>, 'census'>
  readonly one: Pools
  /** Every address range of every network in oned. */
  readonly ranges: () => Promise<KnownRanges>
  readonly clock: Pick<Clock, 'now'>
}

export interface Looked {
  readonly view: LeakView
  readonly clients: ReadonlyMap<string, Scaleway>
}

/**
 * Reads cloud, OpenNebula and documents, in this order: whoever makes something at Scaleway has its
 * document and its range to show by the time the cloud shows it. Throws when oned cannot be read.
 */
export async function lookAtAll(parts: LookParts): Promise<Looked> {
  const before = await lookAtDocuments(parts.provisions)
  const { view: cloud, clients } = await lookAtClouds(parts)
  const one = await lookAtOpenNebula(parts.one, parts.ranges)
  const documents = overTime(before, await lookAtDocuments(parts.provisions))
  const view = { cloud, one, documents, nowMs: parts.clock.now() }
  return { clients, view: { ...view, cloud: { ...cloud, unlooked: unlookedIn(view) } } }
}

function unlookedIn({ cloud, documents }: LeakView): Unlooked[] {
  const known = new Set(documents.provisions.map(({ uuid }) => uuid))
  const veiled = cloud.objects.filter(
    ({ provision, provisionId }) =>
      !known.has(provision) && mayHaveDocument(provisionId, documents.unreadable),
  )
  const provisions = Map.groupBy(veiled, ({ provision }) => provision)
  return [
    ...cloud.unlooked,
    ...[...provisions].map(([provision, objects]) => ({
      place: '',
      what: `${objects.length} objects with the tags of provision ${provision}`,
      why: 'A document was written by somebody else than this controller and may be theirs',
      providers: cloud.places
        .filter(({ name }) => objects.some(({ place }) => place === name))
        .flatMap(({ providers }) => providers),
    })),
  ]
}
