import type { Collection } from '../documents/index.ts'
import { type Document, type ProvisionBody, stateName, states } from '../documents/index.ts'
import { firstKeys } from '../provision/index.ts'
import type { DocumentsView, ProvisionView, Standing } from './view.ts'

type Provisions = Pick<Collection<ProvisionBody>, 'census'>

export async function lookAtDocuments(provisions: Provisions): Promise<DocumentsView> {
  const { ours, others } = await provisions.census()
  return {
    provisions: ours.map((one) => viewOf(one.open())),
    unreadable: new Map(others.map(({ id, engine }) => [id, engine])),
  }
}

/**
 * What held before and after everything else was read. Work that began or ended in between may have
 * made or deleted what was seen, and a provision that was deleted in between was not proved empty yet.
 */
export function overTime(before: DocumentsView, after: DocumentsView): DocumentsView {
  const earlier = new Map(before.provisions.map((one) => [one.uuid, one]))
  const later = new Map(after.provisions.map((one) => [one.uuid, one]))
  const vanished = before.provisions.filter(({ uuid }) => !later.has(uuid))
  return {
    provisions: [
      ...after.provisions.map((one) => calmer(one, earlier.get(one.uuid))),
      ...vanished.filter(({ standing }) => standing !== 'gone').map(busy),
    ],
    unreadable: new Map([...before.unreadable, ...after.unreadable]),
  }
}

function calmer(now: ProvisionView, before: ProvisionView | undefined): ProvisionView {
  const same = now.standing === before?.standing && String(keysOf(now)) === String(keysOf(before))
  return same ? now : busy(now)
}

function keysOf({ hosts }: ProvisionView): string[] {
  return [...(hosts ?? [])].sort()
}

function busy(one: ProvisionView): ProvisionView {
  return { ...one, standing: 'busy' }
}

function viewOf({ id, body }: Document<ProvisionBody>): ProvisionView {
  const state = stateName(body.state)
  return { id, uuid: body.uuid, state, standing: standingOf(body), hosts: hostsOf(body) }
}

/** A failure of scaling or leaving is taken up where it stands, and what is there with it. */
const unfinished: ReadonlySet<number> = new Set([
  states.SCALING_FAILURE,
  states.DEPROVISIONING_ONE_FAILURE,
  states.DEPROVISIONING_FAILURE,
  states.DONE_FAILURE,
])

function standingOf({ state, scaling }: ProvisionBody): Standing {
  if (state === states.DONE) return 'gone'
  if (unfinished.has(state)) return 'unfinished'
  if (state !== states.RUNNING && state < states.DONE) return 'busy'
  return scaling === undefined ? 'settled' : 'unfinished'
}

function hostsOf({
  host_keys,
  user_inputs_values,
}: ProvisionBody): ReadonlySet<string> | undefined {
  if (host_keys !== undefined) return new Set(host_keys)
  const count = user_inputs_values['oneform_hosts']
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) return undefined
  return new Set(firstKeys(count))
}
