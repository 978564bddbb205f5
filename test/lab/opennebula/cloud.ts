import type { Clock } from '../../../lib/clock/index.ts'
import type { Logger } from '../../../lib/log/index.ts'
import type { Attributes } from './attributes.ts'
import type { Elastic } from './elastic.ts'
import type { Hypervisor } from './hypervisor.ts'
import type { Ipam } from './ipam.ts'
import type { Owned } from './owned.ts'
import type { Pool } from './pool.ts'
import type { Users } from './users.ts'

export interface Document extends Owned {
  readonly type: number
  template: Attributes
  locked: boolean
}

export interface Cluster {
  readonly id: number
  name: string
  readonly template: Attributes
}

export interface Datastore extends Owned {
  clusterIds: number[]
  readonly template: Attributes
}

export interface NetworkTemplate extends Owned {
  readonly registered: number
  readonly template: Attributes
}

export interface Range {
  readonly id: number
  /** All members of AR as oned writes them, AR_ID included. */
  attributes: Record<string, string>
  /** Which VM holds the address at an index; -1 for a held one. */
  readonly leases: Map<number, number>
}

export interface Network extends Owned {
  clusterIds: number[]
  bridge: string
  state: number
  prevState: number
  readonly templateId: number | undefined
  readonly vnMad: string
  phydev: string
  readonly vlanId: string
  readonly automaticVlan: boolean
  readonly template: Attributes
  ranges: Range[]
}

export interface Host {
  readonly id: number
  readonly name: string
  readonly imMad: string
  readonly vmMad: string
  state: number
  clusterId: number
  /** Unix seconds of the last monitoring; 0 before the first. */
  monitoredAt: number
  readonly template: Attributes
}

export interface History {
  readonly seq: number
  readonly hostId: number
  readonly hostname: string
  readonly clusterId: number
  readonly datastoreId: number
  readonly vmMad: string
  readonly startTime: number
  endTime: number
  action: number
}

export type NicVector = Record<string, string>

export interface Vm extends Owned {
  state: number
  lcmState: number
  deployId: string
  readonly nics: NicVector[]
  readonly template: Attributes
  readonly userTemplate: Attributes
  readonly history: History[]
  readonly startTime: number
  endTime: number
}

/** Everything a running oned knows and works with. */
export interface Cloud {
  readonly users: Users
  readonly documents: Pool<Document>
  readonly clusters: Pool<Cluster>
  readonly datastores: Pool<Datastore>
  readonly networks: Pool<Network>
  readonly networkTemplates: Pool<NetworkTemplate>
  readonly hosts: Pool<Host>
  readonly vms: Pool<Vm>
  readonly clock: Clock
  readonly logger: Logger
  readonly hypervisor: Hypervisor
  readonly ipam: Ipam
  readonly elastic: Elastic
  /** How long a VM stays in PROLOG, EPILOG and the like, before the clock's scale. */
  readonly transferMs: number
  /** Aborted when the stand-in closes. */
  readonly stopped: AbortSignal
  /** Work that goes on after an answer; `close` waits for it. */
  background(what: string, work: Promise<unknown>): void
  /** One lease at a time, as oned locks the network. */
  oneAtATime<T>(work: () => Promise<T>): Promise<T>
}

export const seconds = (cloud: Cloud): number => Math.floor(cloud.clock.now() / 1000)
