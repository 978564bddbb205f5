import type { CloudObject, OwnedObject } from '../scaleway/index.ts'

/** One project and zone, and the providers that pay there. */
export interface Place {
  readonly project: string
  /** `project 1234… in fr-par-2`. */
  readonly name: string
  /** Ids of the providers. */
  readonly providers: readonly number[]
}

/** An object at Scaleway, and where it was listed. */
export type CloudItem = OwnedObject & { readonly place: string }

/** Everything of this cloud at Scaleway, in all places of all providers. */
export interface CloudView {
  readonly objects: readonly CloudItem[]
  readonly places: readonly Place[]
  readonly unlooked: readonly Unlooked[]
}

/** What could not be looked at: whatever is there, nothing is said of it. */
export interface Unlooked {
  /** Project and zone; empty where it is none. */
  readonly place: string
  /** `gateways of project 1234… in fr-par-2`. */
  readonly what: string
  readonly why: string
  /** Who may know: the providers that pay there; oneadmin only when there is none. */
  readonly providers: readonly number[]
}

export type OneKind = 'one-cluster' | 'one-datastore' | 'one-host' | 'one-network' | 'one-template'

/** An object in OpenNebula that a provision made: it carries EDGE_KEY and ONEFORM. */
export interface OneObject {
  readonly kind: OneKind
  readonly id: number
  readonly name: string
  /** From EDGE_KEY, `<uuid>/<key>`. */
  readonly provision: string
  readonly key: string
  /** From ONEFORM. */
  readonly provisionId: number | undefined
  readonly providerId: number | undefined
}

/** An address range of any network, reservations included. */
export interface RangeView {
  readonly ip: string | undefined
  readonly external: string | undefined
  readonly flexibleIpId: string | undefined
  readonly edgeKey: string | undefined
}

export interface OneView {
  readonly objects: readonly OneObject[]
  /** Ids of virtual machines on the hosts of a provision, by its uuid and by each server's id. */
  readonly guests: ReadonlyMap<string, readonly number[]>
  /** Scaleway's ids of servers that are hosts in OpenNebula, with the hosts' ids. */
  readonly servers: ReadonlyMap<string, number>
  readonly ranges: readonly RangeView[]
  /** Provisions of which a network is just being made: its addresses may be registering. */
  readonly creating: ReadonlySet<number>
}

/**
 * `gone` has no document, or one that is done; `busy` work is under way, or was at one of the looks;
 * `unfinished` waits for a retry that puts right what there is; `settled` has what it should have.
 */
export type Standing = 'gone' | 'busy' | 'unfinished' | 'settled'

export interface ProvisionView {
  readonly id: number
  readonly uuid: string
  readonly state: string
  readonly standing: Standing
  /** Keys of the hosts it should have; undefined when its document does not say. */
  readonly hosts: ReadonlySet<string> | undefined
}

export interface DocumentsView {
  readonly provisions: readonly ProvisionView[]
  /** Documents that cannot be read as ours, by id: `unclear` may be all the same. */
  readonly unreadable: ReadonlyMap<number, 'other' | 'unclear'>
}

export interface LeakView {
  readonly cloud: CloudView
  readonly one: OneView
  readonly documents: DocumentsView
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

export const leakCodes = {
  'provision-gone': 'Its provision does not exist any more.',
  'host-removed': 'A server of a host that the provision does not have.',
  'address-unused': 'A flexible IP that no address range of OpenNebula has.',
  second: 'Another object has its key, and that one is in use.',
  'key-unknown': 'The provision has nothing of its key.',
} as const
export type LeakCode = keyof typeof leakCodes

/** Why an object of a living provision is a leak. */
export interface Reason {
  readonly code: LeakCode
  readonly evidence: readonly string[]
}

/** An object that nothing knows. */
export interface Suspicion extends Reason {
  /** `server/<Scaleway’s id>`, `one-host/12`. */
  readonly id: string
  readonly kind: CloudObject['kind'] | OneKind
  readonly name: string
  readonly provision: string
  readonly provisionId: number | undefined
  readonly providers: readonly number[]
  /** Project and zone; empty in OpenNebula. */
  readonly place: string
  /** Nobody can be about to use it: it counts from the first sight on. */
  readonly certain: boolean
  /** Virtual machines that live on it or beside it: while there are any it is not released. */
  readonly guests: readonly number[]
}
