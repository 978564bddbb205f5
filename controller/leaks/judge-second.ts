import type { CloudItem, LeakView, Reason } from './view.ts'

/**
 * Two objects with one key: what a create left behind whose answer was lost. The one that something
 * uses is the provision's; while that is not exactly one, nothing is guessed.
 */
export function judgeSecond(object: CloudItem, view: LeakView): Reason | undefined {
  const twins = view.cloud.objects.filter(
    ({ kind, key, provision }) =>
      kind === object.kind && key === object.key && provision === object.provision,
  )
  if (twins.length < 2) return undefined
  const used = twins.flatMap((twin) => {
    const user = userOf(twin, view)
    return user === undefined ? [] : [{ twin, user }]
  })
  const [only, ...others] = used
  if (only === undefined || others.length > 0 || only.twin === object) return undefined
  return {
    code: 'second',
    evidence: [
      `${only.twin.kind} ${only.twin.name} (${only.twin.id}) has the same key ${object.key}, and ${only.user}`,
      'Nothing uses this one',
    ],
  }
}

/** Who uses it, in words; undefined when nobody is seen to. */
function userOf(object: CloudItem, view: LeakView): string | undefined {
  const { kind, id } = object
  if (kind === 'server') {
    const host = view.one.servers.get(id)
    return host === undefined ? undefined : `is host ${host} of OpenNebula`
  }
  if (kind === 'gateway') return gatewayUse(object, view)
  const holder = view.cloud.objects.find(
    (other) => other.holds.includes(id) && (kind !== 'vpc' || userOf(other, view) !== undefined),
  )
  return holder && `is held by ${holder.kind} ${holder.name}`
}

function gatewayUse({ holds }: CloudItem, { cloud }: LeakView): string | undefined {
  const network = cloud.objects.find(
    ({ kind, id }) => kind === 'private-network' && holds.includes(id),
  )
  return network && `is on private network ${network.name}`
}
