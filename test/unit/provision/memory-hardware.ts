import {
  type CloudObject,
  type Hardware,
  type Server,
  type ServerModel,
  sumOf,
} from '../../../controller/scaleway/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import type { IpamDouble } from './memory-one.ts'

/** Everything at Scaleway that one provision has, and how often each kind was ever created. */
export interface MemoryCloud extends IpamDouble {
  readonly objects: Map<string, CloudObject>
  readonly created: Record<string, number>
  readonly servers: Map<string, Server & { attached: boolean }>
  /** What the gateway was asked to be. */
  readonly gateway: string[]
  /** The next call of that method rejects with this. */
  readonly failures: Map<string, unknown>
  /** Keys of servers that are never delivered. */
  readonly hopeless: Set<string>
  /** Methods that wait until they are told to stop. */
  readonly holds: Set<string>
  /** Addresses that the cloud gives to servers of these keys; each has one of its own unless named here. */
  readonly addresses: Map<string, string>
  /** How many servers of a key were ordered. */
  readonly orders: Map<string, number>
  /** Keys of servers whose tags somebody took away. */
  readonly untagged: Set<string>
  /** Keys of what carries the tags of another provision. */
  readonly foreign: Set<string>
  /** The cloud loses a server. */
  vanish(key: string): void
}

export function createMemoryCloud(): MemoryCloud {
  const objects = new Map<string, CloudObject>()
  const created: Record<string, number> = {}
  const servers: MemoryCloud['servers'] = new Map()
  return {
    objects,
    created,
    servers,
    addresses: new Map(),
    orders: new Map(),
    untagged: new Set(),
    foreign: new Set(),
    vanish: (key) => {
      servers.delete(key)
      objects.delete(`server ${key}`)
    },
    gateway: [],
    failures: new Map(),
    hopeless: new Set(),
    holds: new Set(),
    register: (key) => {
      put(objects, created, 'flexible-ip', key)
      const n = [...objects.keys()]
        .filter((name) => name.startsWith('flexible-ip'))
        .indexOf(`flexible-ip ${key}`)
      return { external: `195.154.0.${n + 1}`, ip: `100.64.0.${n * 2}` }
    },
    unregister: (key) => void objects.delete(`flexible-ip ${key}`),
  }
}

const model: ServerModel = {
  offer: { id: 'offer', name: 'EM-A116X-SSD' },
  osId: 'os',
  optionIds: ['pn'],
  partitioning: undefined,
}

/** Hardware that is delivered at once; strict about order, as the cloud is. */
export function createMemoryHardware(cloud: MemoryCloud, signal: AbortSignal): Hardware {
  const { objects, created, servers } = cloud
  const make = (kind: CloudObject['kind'], key: string = kind) =>
    put(objects, created, kind, key).id
  const drop = (kind: CloudObject['kind'], key: string = kind) =>
    void objects.delete(`${kind} ${key}`)
  const has = (kind: CloudObject['kind']) => objects.has(`${kind} ${kind}`)
  const attached = () => [...servers.values()].some((server) => server.attached)
  const demand = (condition: boolean, what: string) => {
    if (!condition) throw new Error(`out of order: ${what}`)
  }
  const isThere = (role: string, key: string) =>
    [...objects.keys()].some((name) => name.startsWith(`${role} `) && name.endsWith(key))
  const byId = (id: string) => [...servers.values()].find((server) => server.id === id)
  let gatewayLinked = has('gateway')
  return failing(cloud, signal, {
    zone: 'fr-par-2',
    checkAccess: async () => {},
    plan: async ({ hosts }) => ({
      ...model,
      parts: [],
      total: sumOf([]),
      warnings: [],
      lines: [`${hosts} servers`],
    }),
    model: async () => model,
    ensureSshKey: async () => make('ssh-key'),
    ensureVpc: async () => make('vpc'),
    ensurePrivateNetwork: async (_, cidr) => {
      demand(has('vpc'), 'private network before VPC')
      return { id: make('private-network'), cidr }
    },
    ensureGatewayIp: async () => ({ id: make('gateway-ip'), address: '51.15.9.9' }),
    ensureGateway: async (type) => {
      cloud.gateway.push(type)
      return make('gateway')
    },
    ensureGatewayNetwork: async () => {
      demand(has('gateway') && has('private-network'), 'gateway network')
      gatewayLinked = true
      return '10.180.0.2'
    },
    ensureBastion: async (_, management) => {
      demand(gatewayLinked && has('ssh-key'), 'bastion')
      cloud.gateway.push(`bastion for ${management.join() || 'all'}`)
    },
    ensureServer: async ({ key, userData }) => {
      demand(has('ssh-key') && userData.length > 0, 'server before SSH key')
      const there = servers.get(key)
      if (there) return there.id
      make('server', key)
      const before = cloud.orders.get(key) ?? 0
      cloud.orders.set(key, before + 1)
      const id = before === 0 ? `id-${key}` : `id-${key}-${before}`
      const own = `51.15.${before}.${10 + Number(key.split('-')[1])}`
      servers.set(key, {
        ...{ id, key, status: 'ready', install: 'completed', attached: false },
        address: cloud.addresses.get(key) ?? own,
      })
      return id
    },
    mendInstall: async () => undefined,
    waitDelivered: async (id, key) => {
      if (cloud.hopeless.has(key))
        throw new Fault('EDGE_OFFER_EMPTY', 'exhausted', `No EM-A116X-SSD is left for ${key}`)
      return byId(id)?.address ?? ''
    },
    waitInstalled: async (_id, key, tell) => tell(`${key}: installing`),
    takeOver: async ({ role, key }) => {
      if (cloud.foreign.has(key))
        throw new Fault('EDGE_CLAIM_TAKEN', 'conflict', 'It has the tags of another provision')
      return isThere(role, key)
    },
    isThere: async ({ role, key }) => isThere(role, key),
    ensureServerOption: async () => {},
    ensurePrivateNic: async (id) => {
      demand(has('private-network'), 'nic before private network')
      const server = byId(id)
      if (server) server.attached = true
      return { vlan: 1500, address: '10.180.0.3/22' }
    },
    clearUserData: async () => {},
    findServers: async () => [...servers.values()].filter(({ key }) => !cloud.untagged.has(key)),
    isServerThere: async (id) => byId(id) !== undefined,
    findPrivateNetworks: async () =>
      has('private-network') ? [{ id: 'private-network', cidr: '10.180.0.0/22' }] : [],
    findPrivateNic: async (id) => {
      const server = byId(id)
      return server?.attached
        ? { vlan: 1500, address: `10.180.0.${10 + Number(server.key.split('-')[1])}/22` }
        : undefined
    },
    findGatewayAddress: async () => (has('gateway') ? '10.180.0.2' : undefined),
    releaseFlexibleIps: async (_, key = '') => {
      for (const name of objects.keys())
        if (name.startsWith('flexible-ip') && name.endsWith(key)) objects.delete(name)
    },
    detachFlexibleIps: async () => {},
    releaseKey: async (key) => {
      servers.delete(key)
      drop('server', key)
    },
    detachServer: async (id) => {
      const server = byId(id)
      if (server) server.attached = false
    },
    waitDeletable: async () => {},
    releaseServer: async (id) => {
      const server = byId(id)
      demand(!server?.attached, 'server deleted while attached')
      if (server) {
        servers.delete(server.key)
        drop('server', server.key)
      }
    },
    releaseGatewayNetworks: async () => {
      gatewayLinked = false
    },
    releaseGateways: async () => {
      demand(!gatewayLinked, 'gateway deleted while on a network')
      drop('gateway')
      drop('gateway-ip')
    },
    releaseGatewayIps: async () => {
      demand(!has('gateway'), 'address released while the gateway has it')
      drop('gateway-ip')
    },
    releasePrivateNetworks: async () => {
      demand(!attached() && !gatewayLinked, 'private network deleted while in use')
      drop('private-network')
    },
    releaseVpcs: async () => {
      demand(!has('private-network'), 'VPC deleted while it has networks')
      drop('vpc')
    },
    releaseSshKeys: async () => drop('ssh-key'),
    releaseNamedKey: async () => {},
    inventory: async () => [...objects.values()],
    proveEmpty: async () => {
      if (objects.size > 0) throw new Error(`left: ${[...objects.keys()].join(', ')}`)
    },
  })
}

function put(
  objects: MemoryCloud['objects'],
  created: MemoryCloud['created'],
  kind: CloudObject['kind'],
  key: string,
): CloudObject {
  const name = `${kind} ${key}`
  const there = objects.get(name)
  if (there) return there
  created[kind] = (created[kind] ?? 0) + 1
  const object = { kind, id: kind === 'server' ? `id-${key}` : kind, name: key }
  objects.set(name, object)
  return object
}

function failing(cloud: MemoryCloud, signal: AbortSignal, hardware: Hardware): Hardware {
  return new Proxy(hardware, {
    get: (target, name: string) => {
      if (cloud.holds.has(name)) return () => untilAborted(signal)
      const failure = cloud.failures.get(name)
      if (failure === undefined) return Reflect.get(target, name)
      return async () => {
        cloud.failures.delete(name)
        throw failure
      }
    },
  })
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })
}
