import type {
  AddressRange,
  Cluster,
  Datastore,
  Host,
  Network,
  NetworkTemplate,
  OpenNebula,
  Vm,
} from '../../../controller/opennebula/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import type { Template, TemplateInput } from '../../../lib/opennebula/index.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

export interface MemoryOne extends OpenNebula {
  readonly vmList: Vm[]
  readonly all: {
    readonly clusters: Map<number, Writable<Cluster>>
    readonly datastores: Map<number, Writable<Datastore>>
    readonly networks: Map<number, Writable<Network>>
    readonly templates: Map<number, Writable<NetworkTemplate>>
    readonly hosts: Map<number, Writable<Host>>
  }
  leader: boolean
}

export interface IpamDouble {
  register(key: string): { external: string; ip: string }
  unregister(key: string): void
}

const permissions = {
  ownerU: true,
  ownerM: true,
  ownerA: false,
  groupU: false,
  groupM: false,
  groupA: false,
  otherU: false,
  otherM: false,
  otherA: false,
}

/** OpenNebula that only remembers: names of clusters and hosts are unique, clusters must be empty to go. */
export function createMemoryOne(ipam: IpamDouble): MemoryOne {
  const all: MemoryOne['all'] = {
    clusters: new Map(),
    datastores: new Map(),
    networks: new Map(),
    templates: new Map(),
    hosts: new Map(),
  }
  const vmList: Vm[] = []
  let next = 100
  const owned = () => ({
    owner: { uid: 0, gid: 0, uname: 'oneadmin', gname: 'oneadmin' },
    permissions,
  })
  const add = <T extends { id: number }>(pool: Map<number, T>, make: (id: number) => T): number => {
    const id = next++
    pool.set(id, make(id))
    return id
  }
  const methods = <T extends { id: number; template: Template }>(pool: Map<number, T>) => ({
    list: async () => structuredClone([...pool.values()]),
    get: async (id: number) => structuredClone(need(pool, id)),
    update: async (id: number, template: TemplateInput) => {
      const object = need(pool, id)
      object.template = { ...object.template, ...plain(template) }
    },
    delete: async (id: number) => {
      need(pool, id)
      pool.delete(id)
    },
    chown: async (id: number, uid: number, gid: number) => {
      Object.assign(need(pool, id), { owner: { uid, gid, uname: 'u', gname: 'g' } })
    },
    chmod: async () => {},
  })
  const unique = (pool: Map<number, { name: string }>, name: string) => {
    if ([...pool.values()].some((object) => object.name === name))
      throw new Fault('ONE_TAKEN', 'conflict', `NAME ${name} is already taken`)
  }
  const inside = (clusterId: number) =>
    [...all.hosts.values()].filter((host) => host.clusterId === clusterId).length +
    [...all.networks.values(), ...all.datastores.values()].filter(({ clusterIds }) =>
      clusterIds.includes(clusterId),
    ).length

  const one: MemoryOne = {
    all,
    vmList,
    leader: true,
    as: () => one,
    close: () => {},
    user: async () => ({ id: 0, name: 'oneadmin', gid: 0, gname: 'oneadmin', groups: [0] }),
    version: async () => '7.0.1',
    isLeader: async () => one.leader,
    documents: unused('documents'),
    clusters: {
      ...methods(all.clusters),
      create: async (name) => {
        unique(all.clusters, name)
        return add(all.clusters, (id) => ({
          id,
          name,
          hostIds: [],
          datastoreIds: [],
          networkIds: [],
          template: {},
        }))
      },
      delete: async (id) => {
        need(all.clusters, id)
        if (inside(id) > 0)
          throw new Fault(
            'ONE_REFUSED',
            'conflict',
            `Cannot delete cluster. Cluster ${id} is not empty`,
          )
        all.clusters.delete(id)
      },
    },
    datastores: {
      ...methods(all.datastores),
      create: async (template, clusterId) =>
        add<Writable<Datastore>>(all.datastores, (id) => ({
          id,
          ...owned(),
          name: String(template['NAME']),
          type: template['TYPE'] === 'SYSTEM_DS' ? 'system' : 'image',
          dsMad: 'fs',
          tmMad: 'ssh',
          clusterIds: [clusterId],
          imageIds: [],
          template: plain(template),
        })),
    },
    networks: {
      ...methods(all.networks),
      create: async (template, clusterId) => {
        unique(all.networks, String(template['NAME']))
        const { AR, ...rest } = template
        return add<Writable<Network>>(all.networks, (id) => ({
          id,
          ...owned(),
          name: String(template['NAME']),
          state: 'READY',
          clusterIds: [clusterId],
          bridge: `onebr${id}`,
          vnMad: String(template['VN_MAD']),
          phydev: undefined,
          vlanId: id + 2,
          usedLeases: 0,
          parentNetworkId: undefined,
          templateId: undefined,
          template: plain(rest),
          ranges:
            AR === undefined ? [] : [rangeOf(0, plain({ AR })['AR'] as Record<string, string>)],
        }))
      },
      addRange: async (id, range) => {
        const network = need(all.networks, id)
        const { external, ip } = ipam.register(String(range['EDGE_KEY']))
        const attributes = { ...plain(range), IP: ip, EXTERNAL_IP: external } as Record<
          string,
          string
        >
        const rangeId = Math.max(-1, ...network.ranges.map((one) => one.id)) + 1
        network.ranges = [...network.ranges, rangeOf(rangeId, attributes)]
      },
      updateRange: async (id, rangeId, range) => {
        const network = need(all.networks, id)
        network.ranges = network.ranges.map((one) =>
          one.id === rangeId
            ? {
                ...one,
                attributes: { ...plain(range), IP: one.ip ?? '' } as AddressRange['attributes'],
              }
            : one,
        )
      },
      removeRange: async (id, rangeId) => {
        const network = need(all.networks, id)
        const range = network.ranges.find((one) => one.id === rangeId)
        ipam.unregister(range?.attributes['EDGE_KEY'] ?? '')
        network.ranges = network.ranges.filter((one) => one.id !== rangeId)
      },
    },
    networkTemplates: {
      ...methods(all.templates),
      create: async (template) =>
        add(all.templates, (id) => ({
          id,
          ...owned(),
          name: String(template['NAME']),
          template: plain(template),
        })),
      instantiate: unused('instantiate'),
    },
    hosts: {
      ...methods(all.hosts),
      create: async (name, imMad, vmMad, clusterId) => {
        unique(all.hosts, name)
        return add<Writable<Host>>(all.hosts, (id) => ({
          id,
          name,
          state: 'INIT',
          imMad,
          vmMad,
          clusterId,
          vmIds: [],
          template: {},
        }))
      },
      delete: async (id) => {
        need(all.hosts, id)
        if (vmList.some(({ history }) => history.at(-1)?.hostId === id))
          throw new Fault('ONE_REFUSED', 'conflict', 'Can not remove a host with running VMs')
        all.hosts.delete(id)
      },
      status: async (id, status) => {
        const states = { enable: 'MONITORED', disable: 'DISABLED', offline: 'OFFLINE' } as const
        need(all.hosts, id).state = states[status]
      },
    },
    vms: {
      list: async () => structuredClone(vmList),
      get: unused('vms.get'),
      terminate: async (id) => {
        const unknown = 16
        if (vmList.some((vm) => vm.id === id && vm.lcmState === unknown)) return
        vmList.splice(0, vmList.length, ...vmList.filter((vm) => vm.id !== id))
      },
      remove: async (id) => {
        vmList.splice(0, vmList.length, ...vmList.filter((vm) => vm.id !== id))
      },
      migrate: async (id, hostId) => {
        const index = vmList.findIndex((vm) => vm.id === id)
        const vm = vmList[index]
        const record = vm?.history.at(-1)
        if (!vm || !record) throw new Fault('ONE_MISSING', 'missing', `No VM ${id}`)
        vmList[index] = { ...vm, history: [...vm.history, { ...record, hostId }] }
      },
    },
  }
  return one
}

function rangeOf(id: number, attributes: Record<string, string>): AddressRange {
  return {
    id,
    type: attributes['TYPE'] ?? 'IP4',
    ip: attributes['IP'],
    mac: '02:00:00:00:00:01',
    size: Number(attributes['SIZE']),
    usedLeases: 0,
    attributes,
    leases: [],
  }
}

function need<T>(pool: Map<number, T>, id: number): T {
  const object = pool.get(id)
  if (object === undefined)
    throw new Fault('ONE_MISSING', 'missing', `Error getting object [${id}]`)
  return object
}

/** As oned would show it: texts and vectors of texts. */
function plain(template: TemplateInput): Template {
  const text = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, text(member)]))
      : String(value)
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => [name, text(value)]),
  ) as Template
}

function unused(what: string): never {
  return new Proxy(() => {}, {
    apply: () => {
      throw new Error(`${what} is not used here`)
    },
    get: () => unused(what),
  }) as never
}
