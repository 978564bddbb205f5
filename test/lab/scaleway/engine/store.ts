import type { Attachment, Server, Stock } from '../baremetal/model.ts'
import type { FlexibleIp, PoolRecord } from '../flexible-ip/model.ts'
import type { Gateway, GatewayIp, GatewayNetwork } from '../gateway/model.ts'
import type { ApiKey, SshKey } from '../iam/model.ts'
import type { IpamIp } from '../ipam/model.ts'
import type { PrivateNetwork, Vpc } from '../vpc/model.ts'

/** The kinds of objects a customer owns; their names are those of error bodies. */
export interface Store {
  readonly keys: Map<string, ApiKey>
  readonly sshKeys: Map<string, SshKey>
  readonly servers: Map<string, Server>
  readonly attachments: Map<string, Attachment>
  readonly flexibleIps: Map<string, FlexibleIp>
  readonly vpcs: Map<string, Vpc>
  readonly privateNetworks: Map<string, PrivateNetwork>
  readonly gateways: Map<string, Gateway>
  readonly gatewayNetworks: Map<string, GatewayNetwork>
  readonly gatewayIps: Map<string, GatewayIp>
  readonly ipamIps: Map<string, IpamIp>
  /** Free flexible IP records by zone, lowest address first. */
  readonly pool: Map<string, PoolRecord[]>
  /** By `zone/offer id`. */
  readonly stock: Map<string, Stock>
  readonly quotas: Map<string, number>
  /** What the world's DNS says: addresses by host name. */
  readonly names: Map<string, string>
  /** Virtual milliseconds of each object's creation, for list lag. */
  readonly born: WeakMap<object, number>
  /** Ids under `fault locked`. */
  readonly locked: Set<string>
}

export function createStore(): Store {
  return {
    keys: new Map(),
    sshKeys: new Map(),
    servers: new Map(),
    attachments: new Map(),
    flexibleIps: new Map(),
    vpcs: new Map(),
    privateNetworks: new Map(),
    gateways: new Map(),
    gatewayNetworks: new Map(),
    gatewayIps: new Map(),
    ipamIps: new Map(),
    pool: new Map(),
    stock: new Map(),
    quotas: new Map(),
    names: new Map(),
    born: new WeakMap(),
    locked: new Set(),
  }
}

/** Empties everything in place, so that whoever holds the store sees the reset. */
export function clearStore(store: Store): void {
  for (const member of Object.values(store)) if ('clear' in member) member.clear()
}

/** The object without what only the simulator knows. */
export function present<T extends { readonly hidden: unknown }>(object: T): Omit<T, 'hidden'> {
  const { hidden: _, ...wire } = object
  return wire
}

/** Members that may change, in place. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] }
