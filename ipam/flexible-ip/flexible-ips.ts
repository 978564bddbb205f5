import type { Clock } from '../../lib/clock/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Identity, Scaleway } from '../../lib/scaleway/index.ts'

/** Where a provision's addresses live: whose they are, and the client for its project and zone. */
export interface ProvisionCloud {
  readonly identity: Identity
  readonly scaleway: Scaleway
  /** It is being taken back: no address is given to it any more. */
  readonly ending: boolean
}

/** Where all provisions' addresses live. */
export interface ProvisionClouds {
  readonly clouds: readonly ProvisionCloud[]
  /** Ids of provisions whose provider cannot be read: what they have is not known. */
  readonly unknown: readonly number[]
}

/** What the room needs to know of an address range of any network in oned, reservations included. */
export interface KnownRange {
  readonly ip: string | undefined
  readonly size: number
  readonly external: string | undefined
  readonly flexibleIpId: string | undefined
  readonly edgeKey: string | undefined
}

export interface KnownRanges {
  readonly ranges: readonly KnownRange[]
  /** Provisions of which some network is in LOCK_CREATE: its ranges may just be registering. */
  readonly creating: ReadonlySet<number>
}

export interface FlexibleIpPorts {
  /** Throws a Fault of kind `missing` when there is no such provision of ours. */
  provision(id: number): Promise<ProvisionCloud>
  provisions(): Promise<ProvisionClouds>
  ranges(): Promise<KnownRanges>
  readonly clock: Clock
  readonly logger: Logger
  /** Where VM addresses come from; 100.64.0.0/16 unless given. */
  readonly pool?: string
}

/** A flexible IP of a provision, as its tags and the cloud describe it. */
export interface FlexibleAddress {
  /** Scaleway's id. A pool record: after a delete it may belong to somebody else. */
  readonly id: string
  readonly external: string
  /** The VM's address: the first of the private /31. */
  readonly ip: string
  /** The second of the /31: the VM's gateway, configured nowhere. */
  readonly gateway: string
  readonly key: string
  /** Scaleway's word: ready, updating, attached, detaching, error, locked. */
  readonly status: string
  /** Scaleway's id of the server it is attached to, or being detached from. */
  readonly server: string | null
  /** The name that its reverse DNS answers. */
  readonly reverse: string
}

/** All provisions' addresses at one time. */
export interface Survey {
  readonly addresses: readonly (FlexibleAddress & { readonly provisionId: number })[]
  /** Provisions of which nothing is known now; what they have is not gone. */
  readonly unlisted: ReadonlySet<number>
}

export interface ReverseRequest {
  readonly provisionId: number
  readonly external: string
  /** A host name that resolves to the address; null for the one Scaleway gives. */
  readonly name: string | null
}

export interface RegisterRequest {
  readonly provisionId: number
  /** EDGE_KEY, `<provision uuid>/<key>`; without it an unused address may be reused. */
  readonly edgeKey?: string
}

export interface ReleaseRequest {
  /** Absent after `onevnet updatear` dropped it; then all provisions are searched. */
  readonly provisionId?: number
  /** The range's IP, which always survives. */
  readonly ip?: string
  readonly external?: string
}

export interface AttachRequest {
  readonly provisionId: number
  readonly external: string
  /** The VM's address, which must be the one recorded for this flexible IP. */
  readonly ip: string
  readonly server: string
}

export interface AttachWatch {
  /** Ends the pursuit at its next look; what the cloud has accepted by then goes on there. */
  readonly signal?: AbortSignal
  /** Called whenever the cloud is seen to work on it: took our request, or is busy with an earlier one. */
  readonly accepted?: () => void
  /** Called with what is in the way for now. */
  readonly trouble?: (error: unknown) => void
}

/** The flexible IPs of all provisions: everything is looked up by tag, nothing is remembered. */
export interface FlexibleIps {
  /**
   * The address with this key, ordered if there is none; same key, same address, however often. Once
   * a range of oned has it, the key is refused: oned asks only for ranges it does not have yet.
   */
  register(request: RegisterRequest): Promise<FlexibleAddress & { readonly edgeKey: string }>
  /** Ends when a listing no longer shows it. Only addresses that carry our tags are deleted. */
  release(request: ReleaseRequest): Promise<'released' | 'gone'>
  /**
   * Ends when it is attached to this server; moves it when it is attached elsewhere. Pursues that for
   * 15 minutes, through whatever passes, and ends at once at a refusal.
   */
  attach(request: AttachRequest, watch?: AttachWatch): Promise<'attached'>
  /** Asks for the detach if it is attached to this server, and does not wait for it. */
  detach(request: AttachRequest): Promise<void>
  list(provisionId: number): Promise<FlexibleAddress[]>
  /** Every provision's addresses; throws only when oned does not say which provisions there are. */
  survey(): Promise<Survey>
  /**
   * Keeps an address, by its id, from being handed out while `work` gives it back. Throws
   * EDGE_IP_HANDED_OUT if it just was.
   */
  withhold<T>(id: string, work: () => Promise<T>): Promise<T>
  /** Sets what reverse DNS answers for the address, and answers what it is now. */
  setReverse(request: ReverseRequest): Promise<string>
}
