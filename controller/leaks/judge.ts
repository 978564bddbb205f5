import { goneEvidence, guestsOf, guestsOn } from './gone.ts'
import { judgeAddress } from './judge-address.ts'
import { judgeOne } from './judge-one.ts'
import { judgeSecond } from './judge-second.ts'
import type { CloudItem, CloudView, LeakView, ProvisionView, Reason, Suspicion } from './view.ts'

/**
 * Compares what is there with what anybody knows. Pure. Silent about provisions at work, about those
 * whose document cannot be read, and about everything that does not say in full whose it is.
 */
export function suspicionsOf(view: LeakView): Suspicion[] {
  return [
    ...view.cloud.objects.flatMap((object) => judgeObject(object, view) ?? []),
    ...view.one.objects.flatMap((object) => judgeOne(object, view) ?? []),
  ]
}

function judgeObject(object: CloudItem, view: LeakView): Suspicion | undefined {
  const { kind, id, name, provision, provisionId, place } = object
  const owner = view.documents.provisions.find(({ uuid }) => uuid === provision)
  const gone = goneEvidence(owner, object, view)
  const reason: Reason | undefined = gone
    ? { code: 'provision-gone', evidence: gone }
    : owner?.standing === 'settled'
      ? judgeLiving(object, owner, view)
      : undefined
  if (reason === undefined) return undefined
  const guests = gone ? guestsOf(provision, view) : []
  return {
    ...{ id: `${kind}/${id}`, kind, name, provision, place },
    provisionId: owner?.id ?? provisionId,
    providers: payersAt(place, view.cloud),
    code: reason.code,
    evidence: [...reason.evidence, ...seenThere(object), ...guestsOn(guests)],
    certain: gone !== undefined,
    guests,
  }
}

/** A provider's key opens its whole project, whichever zone it is for. */
function payersAt(place: string, { places }: CloudView): number[] {
  const project = places.find(({ name }) => name === place)?.project
  return places.filter((one) => one.project === project).flatMap(({ providers }) => providers)
}

function judgeLiving(object: CloudItem, owner: ProvisionView, view: LeakView): Reason | undefined {
  const { kind, key } = object
  if (kind === 'flexible-ip') return judgeAddress(object, owner, view)
  if (kind === 'server') {
    if (owner.hosts === undefined || view.one.servers.has(object.id)) return undefined
    if (owner.hosts.has(key)) return judgeSecond(object, view)
    return {
      code: 'host-removed',
      evidence: [
        `Provision ${owner.id} has no ${key}: ${[...owner.hosts].join(', ') || 'no hosts at all'}`,
        'No host of OpenNebula has this server',
      ],
    }
  }
  if (key === kind) return judgeSecond(object, view)
  return { code: 'key-unknown', evidence: [`Provision ${owner.id} has no ${kind} called ${key}`] }
}

function seenThere({ place, status, kind, tags, name }: CloudItem): string[] {
  const marks = kind === 'ssh-key' ? `the name “${name}”` : `the tags ${tags.slice(0, 5).join(' ')}`
  return [`Scaleway lists it in ${place}${status ? ` as ${status}` : ''}, with ${marks}`]
}
