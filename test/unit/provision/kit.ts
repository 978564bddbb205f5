import {
  type ProviderBody,
  type ProvisionBody,
  stateName,
} from '../../../controller/documents/index.ts'
import {
  createLifecycle,
  type Lifecycle,
  type Ports,
  type ProvisionEvent,
} from '../../../controller/provision/index.ts'
import type { Hardware } from '../../../controller/scaleway/index.ts'
import { createClock, type Timing } from '../../../lib/clock/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { createMemoryCloud, createMemoryHardware, type MemoryCloud } from './memory-hardware.ts'
import { createMemoryOne, type MemoryOne } from './memory-one.ts'
import type { Reaper } from './reaper.ts'

/** A world that outlives controllers: cloud, OpenNebula, documents, hosts. */
export interface Kit {
  readonly cloud: MemoryCloud
  readonly one: MemoryOne
  readonly provision: ProvisionBody & { forced?: boolean }
  readonly provider: ProviderBody
  /** Of the provision's document; oned may give it to another at any time. */
  readonly owner: { uid: number; gid: number }
  readonly installed: string[]
  /** Kinds of hypervisors that cannot be installed. */
  readonly missing: Set<string>
  readonly settled: number[]
  /** Provisions whose hosts the fleet was told of, once for each time. */
  readonly facts: number[]
  /** Keys of the hosts the fleet was told of last. */
  readonly fleet: string[]
  /** By state, or history's last action: how many answers of oned are lost from the one on that it is written. */
  readonly lost: Map<string, number>
  /** Servers whose agents do not answer. */
  readonly silent: Set<string>
  /** Servers whose agents were let go. */
  readonly forgotten: string[]
  readonly events: ProvisionEvent[]
  /** A new controller in this world. */
  controller(reaper?: Reaper): Lifecycle
}

export const provisionId = 5

/** Where a controller's hardware comes from instead of memory; `reaper` kills what it makes. */
export type HardwareSource = (signal: AbortSignal, reaper: Reaper | undefined) => Hardware

export function createKit(
  values: Record<string, unknown> = {},
  source?: HardwareSource,
  timing: Timing = { scale: 0.001 },
  publicKey = 'ssh-ed25519 AAAA',
): Kit {
  const cloud = createMemoryCloud()
  const one = createMemoryOne(cloud)
  const kit = { provision: bodyOf(values), provider: providerOf() }
  const owner = { uid: 7, gid: 1 }
  const installed: string[] = []
  const missing = new Set<string>()
  const settled: number[] = []
  const facts: number[] = []
  const told: string[] = []
  const forgotten: string[] = []
  const silentServers = new Set<string>()
  const events: ProvisionEvent[] = []
  const document = <T>(id: number, body: T) => ({
    id,
    name: 'edge',
    type: 104,
    owner: { ...owner, uname: '', gname: '' },
    permissions: {},
    attribute: 'PROVISION_BODY',
    body: structuredClone(body),
  })
  const lost = new Map<string, number>()
  let losing = 0
  const answered = <T>(answer: T): T => {
    if (losing === 0) return answer
    losing--
    throw new Fault('ONE_UNREACHABLE', 'transient', 'The connection to oned broke')
  }
  const collection = <K extends 'provision' | 'provider'>(kind: K, own: number) => ({
    list: async () => [document(own, kit[kind])],
    get: async (id: number) => {
      if (id !== own) throw new Fault('EDGE_DOCUMENT_MISSING', 'missing', 'no such document')
      return answered(document(id, kit[kind]))
    },
    update: async (id: number, mutate: (draft: (typeof kit)[K]) => unknown) => {
      const draft = structuredClone(kit[kind])
      const before = kit.provision.state
      kit[kind] = (mutate(draft) as (typeof kit)[K] | undefined) ?? draft
      const { state, historic } = kit.provision
      const written = state === before ? (historic.at(-1)?.action ?? '') : stateName(state)
      losing = lost.get(written) ?? losing
      lost.delete(written)
      return answered(document(id, kit[kind]))
    },
    delete: async () => {},
  })
  const hosts: Ports['hosts'] = {
    hypervisor: 'kvm',
    management: [],
    letIn: async () => ({ hostKey: 'ssh-ed25519 AAAA' }),
    ready: async (hypervisor) => {
      const message = `Cannot read what a ${hypervisor} host takes`
      if (missing.has(hypervisor)) throw new Fault('EDGE_ONE_KEY', 'invalid', message)
    },
    install: async ({ key }, { progress }) => {
      progress('installing FRR')
      installed.push(key)
    },
    connect: () => {},
    admit: () => {},
    waitEnrolled: async () => {},
    forget: (server) => void forgotten.push(server),
  }
  const fleet: Ports['fleet'] = {
    set: async (one) => {
      facts.push(one.provisionId)
      told.splice(0, told.length, ...one.hosts.map(({ key }) => key))
    },
    refresh: async () => {},
    waitSettled: async (id, { servers = [] }) => {
      settled.push(id)
      const absent = servers.find((server) => silentServers.has(server))
      if (absent === undefined) return
      const message = `Server ${absent} did not reach its generation`
      throw new Fault('EDGE_SPEC_NOT_APPLIED', 'broken', message)
    },
    forget: () => {},
  }
  const ports = {
    clock: createClock(timing),
    logger: silent,
    cloud: 'cloud-1',
    provisions: collection('provision', provisionId),
    providers: collection('provider', 3),
    opennebula: one,
    hardware: (_connection: unknown, _identity: unknown, signal: AbortSignal) =>
      source ? source(signal, undefined) : createMemoryHardware(cloud, signal),
    hosts,
    fleet,
    keys: {
      controllerKey: () => publicKey,
      userData: (_: string, key: string) => `#cloud-config ${key}`,
    },
  } as unknown as Ports
  return {
    cloud,
    one,
    owner,
    installed,
    missing,
    settled,
    facts,
    fleet: told,
    lost,
    silent: silentServers,
    forgotten,
    events,
    get provision() {
      return kit.provision
    },
    get provider() {
      return kit.provider
    },
    controller: (reaper) => {
      const lifecycle = createLifecycle(reaper ? watched(ports, reaper, source) : ports)
      lifecycle.subscribe((event) => events.push(event))
      return lifecycle
    },
  }
}

function watched(ports: Ports, reaper: Reaper, source: HardwareSource | undefined): Ports {
  return {
    ...ports,
    provisions: reaper.watch(ports.provisions),
    providers: reaper.watch(ports.providers),
    opennebula: reaper.watch(ports.opennebula),
    hosts: reaper.watch(ports.hosts),
    fleet: reaper.watch(ports.fleet),
    hardware: (connection, identity, signal) =>
      source ? source(signal, reaper) : reaper.watch(ports.hardware(connection, identity, signal)),
  }
}

function bodyOf(values: Record<string, unknown>): ProvisionBody {
  return {
    name: 'edge-a',
    description: '',
    deployment_file: 'ssh_cluster',
    fireedge: {},
    user_inputs: [],
    user_inputs_values: { oneform_hosts: 2, instance_public_ips: 2, ...values },
    provider_id: 3,
    state: 0,
    one_objects: { cluster: {}, hosts: [], networks: [], datastores: [] },
    registration_time: 0,
    historic: [],
    tags: {},
    engine: 'edgectl',
    uuid: 'uuid-1',
    driver: 'scaleway',
  }
}

function providerOf(): ProviderBody {
  return {
    engine: 'edgectl',
    name: 'scw',
    description: '',
    driver: 'scaleway',
    version: '1',
    fireedge: {},
    user_inputs: [],
    connection: { access_key: '', secret_key: '', project_id: '', region: '', zone: '' },
    provision_ids: [],
    registration_time: 0,
  }
}
