import type {
  CloudItem,
  LeakView,
  OneObject,
  ProvisionView,
  RangeView,
} from '../../../controller/leaks/view.ts'
import { tagsFor } from '../../../lib/scaleway/index.ts'

export const cloud = 'c0c0c0c0-0000-4000-8000-000000000001'
export const living = '11111111-aaaa-4000-8000-000000000007'
export const dead = 'dddddddd-aaaa-4000-8000-000000000003'
export const place = 'project p in fr-par-2'
export const nowMs = Date.UTC(2026, 10, 30)

type Change = Partial<Pick<CloudItem, 'id' | 'key' | 'name' | 'status' | 'holds' | 'provision'>> & {
  readonly provisionId?: number
  readonly tags?: readonly string[]
}

/** An object as Scaleway lists it, of the living provision unless said otherwise. */
export function item(kind: CloudItem['kind'], change: Change = {}): CloudItem {
  const provision = change.provision ?? living
  const key = change.key ?? (kind === 'server' ? 'host-0' : kind === 'flexible-ip' ? 'ip-0' : kind)
  const provisionId = change.provisionId ?? (provision === living ? 7 : 3)
  const tags =
    kind === 'ssh-key' ? [] : tagsFor({ cloud, provision, provisionId, userTags: {} }, kind, key)
  return {
    ...{ kind, provision, key, place, id: `${kind}-1`, name: `the ${kind}`, status: 'ready' },
    ...{ holds: [], provisionId: kind === 'ssh-key' ? undefined : provisionId },
    priced: kind === 'server' ? { kind, offerId: 'o', optionIds: [] } : priced(kind),
    ...change,
    tags: [...tags, ...(change.tags ?? [])],
  }
}

function priced(kind: Exclude<CloudItem['kind'], 'server'>): CloudItem['priced'] {
  return kind === 'gateway' ? { kind, type: 'VPC-GW-S' } : { kind }
}

export const provision = (change: Partial<ProvisionView> = {}): ProvisionView => ({
  ...{ id: 7, uuid: living, state: 'RUNNING', standing: 'settled' },
  hosts: new Set(['host-0', 'host-1']),
  ...change,
})

export interface Parts {
  readonly objects?: readonly CloudItem[]
  readonly one?: readonly OneObject[]
  readonly provisions?: readonly ProvisionView[]
  readonly ranges?: readonly RangeView[]
  readonly creating?: readonly number[]
  readonly servers?: Readonly<Record<string, number>>
  readonly guests?: Readonly<Record<string, readonly number[]>>
  readonly unreadable?: Readonly<Record<number, 'other' | 'unclear'>>
}

export function viewOf(parts: Parts): LeakView {
  const { objects = [], one = [], provisions = [provision()], ranges = [] } = parts
  const { creating = [], servers = {}, guests = {}, unreadable = {} } = parts
  return {
    nowMs,
    cloud: { objects, places: [{ name: place, project: 'p', providers: [1] }], unlooked: [] },
    one: {
      ...{ objects: one, ranges, creating: new Set(creating) },
      servers: new Map(Object.entries(servers)),
      guests: new Map(Object.entries(guests)),
    },
    documents: {
      provisions,
      unreadable: new Map(Object.entries(unreadable).map(([id, engine]) => [Number(id), engine])),
    },
  }
}
