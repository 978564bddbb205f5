import { goneEvidence, guestsOf, guestsOn } from './gone.ts'
import type { LeakView, OneObject, Suspicion } from './view.ts'

/** What undeploying left in OpenNebula, or a document that was deleted by hand. It costs nothing. */
export function judgeOne(object: OneObject, view: LeakView): Suspicion | undefined {
  const { kind, id, name, provision, key, provisionId, providerId } = object
  const owner = view.documents.provisions.find(({ uuid }) => uuid === provision)
  const gone = goneEvidence(owner, object, view)
  if (gone === undefined) return undefined
  const guests = guestsOf(provision, view)
  const shown = `OpenNebula has ${kind.slice('one-'.length)} ${id} with EDGE_KEY ${provision}/${key}`
  return {
    ...{ id: `${kind}/${id}`, code: 'provision-gone', kind, name, provision, place: '' },
    provisionId: owner?.id ?? provisionId,
    providers: providerId === undefined ? [] : [providerId],
    evidence: [...gone, shown, ...guestsOn(guests)],
    certain: true,
    guests,
  }
}
