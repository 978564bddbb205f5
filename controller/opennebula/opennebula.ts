import type { TemplateInput } from '../../lib/opennebula/index.ts'
import type {
  BodyAttribute,
  Cluster,
  Datastore,
  Document,
  Host,
  Network,
  NetworkTemplate,
  User,
} from './objects.ts'
import type { Vm } from './vm.ts'

/**
 * OpenNebula in intention words. Every call throws a Fault: ONE_CREDENTIALS, ONE_DENIED, ONE_MISSING,
 * ONE_LOCKED, ONE_REFUSED, ONE_TAKEN, ONE_BROKEN for oned's answers, ONE_UNREACHABLE (transient) when none came.
 */
export interface OpenNebula {
  /** The same oned as another user; `session` is `user:password`. */
  as(session: string): OpenNebula
  /** Who this session is; the cheapest proof that credentials are right. */
  user(): Promise<User>
  /** oned's own version: `7.0.1`. */
  version(): Promise<string>
  /** True where oned is solo or Raft leader. */
  isLeader(): Promise<boolean>
  readonly documents: Documents
  readonly clusters: Clusters
  readonly datastores: Datastores
  readonly networks: Networks
  readonly networkTemplates: NetworkTemplates
  readonly hosts: Hosts
  readonly vms: Vms
  /** Closes idle connections. */
  close(): void
}

export interface Documents {
  /**
   * All documents of a type that the user may see, by id. Bodies come decrypted, for users too: oned
   * decrypts for administrators only, so they are read through the session `as` was called on.
   */
  list(type: number): Promise<Document[]>
  get(id: number): Promise<Document>
  /** Answers the new id. `body` is any JSON value. */
  create(type: number, name: string, attribute: BodyAttribute, body: unknown): Promise<number>
  /** Replaces the whole body. */
  update(id: number, attribute: BodyAttribute, body: unknown): Promise<void>
  rename(id: number, name: string): Promise<void>
  /** `octet` like "640": use 4, manage 2, admin 1 for owner, group, others. */
  chmod(id: number, octet: string): Promise<void>
  /** -1 leaves the user or group as it is. */
  chown(id: number, uid: number, gid: number): Promise<void>
  delete(id: number): Promise<void>
}

export interface Clusters {
  list(): Promise<Cluster[]>
  get(id: number): Promise<Cluster>
  create(name: string): Promise<number>
  /** Merges the attributes into the template, as every `update` below does. */
  update(id: number, template: TemplateInput): Promise<void>
  delete(id: number): Promise<void>
}

export interface Datastores {
  list(): Promise<Datastore[]>
  get(id: number): Promise<Datastore>
  create(template: TemplateInput, clusterId: number): Promise<number>
  update(id: number, template: TemplateInput): Promise<void>
  chown(id: number, uid: number, gid: number): Promise<void>
  chmod(id: number, octet: string): Promise<void>
  delete(id: number): Promise<void>
}

export interface Networks {
  list(): Promise<Network[]>
  get(id: number): Promise<Network>
  /** Answers at once; the network is LOCK_CREATE until oned's drivers have run. */
  create(template: TemplateInput, clusterId: number): Promise<number>
  update(id: number, template: TemplateInput): Promise<void>
  /** Waits for the IPAM driver, if the range has one. `range` holds the members of AR. */
  addRange(id: number, range: TemplateInput): Promise<void>
  /**
   * Gives a range other attributes; all that are not named are dropped, but for what oned keeps (TYPE, IP,
   * MAC, IPAM_MAD, leases). Calls no driver.
   */
  updateRange(id: number, rangeId: number, range: TemplateInput): Promise<void>
  /** Refused while leases are in use, unless forced. */
  removeRange(id: number, rangeId: number, force: boolean): Promise<void>
  chown(id: number, uid: number, gid: number): Promise<void>
  chmod(id: number, octet: string): Promise<void>
  delete(id: number): Promise<void>
}

export interface NetworkTemplates {
  list(): Promise<NetworkTemplate[]>
  get(id: number): Promise<NetworkTemplate>
  create(template: TemplateInput): Promise<number>
  update(id: number, template: TemplateInput): Promise<void>
  /** Makes a network of it and answers the network's id. */
  instantiate(id: number, name: string, extra: TemplateInput): Promise<number>
  chown(id: number, uid: number, gid: number): Promise<void>
  chmod(id: number, octet: string): Promise<void>
  delete(id: number): Promise<void>
}

export interface Hosts {
  list(): Promise<Host[]>
  get(id: number): Promise<Host>
  create(name: string, imMad: string, vmMad: string, clusterId: number): Promise<number>
  update(id: number, template: TemplateInput): Promise<void>
  status(id: number, status: 'enable' | 'disable' | 'offline'): Promise<void>
  delete(id: number): Promise<void>
}

export interface Vms {
  /** Every VM of every user in any state but DONE, NICs in full. */
  list(): Promise<Vm[]>
  /** One VM with its whole history. */
  get(id: number): Promise<Vm>
  /** Orderly, or at once when `hard`; asynchronous. */
  terminate(id: number, hard: boolean): Promise<void>
  /** Forgets it, whatever becomes of it on its host: for one that oned takes no other orders for. */
  remove(id: number): Promise<void>
  /** To a host with room for it; one that is not running is moved cold. Asynchronous. */
  migrate(id: number, hostId: number, live: boolean): Promise<void>
}
