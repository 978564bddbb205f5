import type { LeakView, ProvisionView, Suspicion } from './view.ts'

/** Sentences that show that the provision is gone for good; undefined when that is not certain. */
export function goneEvidence(
  owner: ProvisionView | undefined,
  { provision, provisionId }: Pick<Suspicion, 'provision' | 'provisionId'>,
  { documents: { unreadable } }: LeakView,
): string[] | undefined {
  if (owner?.standing === 'gone') return [`Provision ${owner.id} (${provision}) is ${owner.state}`]
  if (owner !== undefined) return undefined
  if (mayHaveDocument(provisionId, unreadable)) return undefined
  const label = provisionId === undefined ? '' : `, once number ${provisionId}`
  return [`OpenNebula has no provision ${provision}${label}`]
}

/**
 * A document that somebody wrote to does not tell its uuid any more, and what it has must not be taken
 * for a leak. Ids of documents never repeat within an OpenNebula; SSH keys carry none.
 */
export function mayHaveDocument(
  provisionId: number | undefined,
  unreadable: LeakView['documents']['unreadable'],
): boolean {
  if (provisionId !== undefined) return unreadable.has(provisionId)
  return [...unreadable.values()].includes('unclear')
}

/** Whoever deleted the document by hand may not have thought of these. */
export function guestsOn(guests: readonly number[]): string[] {
  return guests.length === 0 ? [] : [`Virtual machines ${guests.join(', ')} are on its hosts`]
}

/** Virtual machines on hosts that say they are the provision's, or that its servers are. */
export function guestsOf(provision: string, { one, cloud }: LeakView): number[] {
  const servers = cloud.objects.flatMap((object) =>
    object.kind === 'server' && object.provision === provision ? object.id : [],
  )
  return [...new Set([provision, ...servers].flatMap((id) => one.guests.get(id) ?? []))]
}
