import { createHmac } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { build } from 'esbuild'
import { knownRanges } from '../../../controller/assembly/known-ranges.ts'
import { createDriverApi } from '../../../controller/driver-api/index.ts'
import { createElastics, createFleet, type Elastics } from '../../../controller/fleet/index.ts'
import { createOpenNebula, type OpenNebula } from '../../../controller/opennebula/index.ts'
import { createFlexibleIps } from '../../../ipam/flexible-ip/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { createScaleway } from '../../../lib/scaleway/index.ts'
import { server as sampleServer } from '../../unit/fleet/samples.ts'
import { createFakeHypervisor, type FakeHypervisor } from '../opennebula/fake-hypervisor.ts'
import { createOpenNebulaStandIn, type StandIn } from '../opennebula/index.ts'
import {
  createSimulator,
  type Simulator,
  simulatedKey,
  simulatedProject,
} from '../scaleway/index.ts'
import { createQuickAgents, type QuickAgents } from './quick-agents.ts'
import { type Action, QuickElastic } from './quick-elastic.ts'

/** A host of the lab: a server of the simulated cloud that OpenNebula knows by its public address. */
export interface LabHost {
  readonly server: string
  readonly hostId: number
  readonly name: string
}

export interface LabController {
  readonly elastics: Elastics
  /** What followers of the provision were told. */
  readonly told: readonly string[]
  /** As abrupt as a process's end can be within one: what was asked of the cloud is asked. */
  kill(): Promise<void>
}

/**
 * One provision with hosts and addresses: the simulated cloud, OpenNebula's stand-in with the shipped
 * IPAM drivers, agents that apply what they are told, and controllers that come and go. All times are
 * simulated seconds.
 */
export interface AddressLab {
  readonly sim: Simulator
  readonly one: StandIn
  readonly client: OpenNebula
  readonly agents: QuickAgents
  readonly hosts: readonly LabHost[]
  readonly networkId: number
  /** Actions of the elastic driver that have ended. */
  readonly actions: readonly Action[]
  seconds(): number
  sleep(seconds: number): Promise<void>
  /** Adds ranges to the public network, as provision create does. */
  addAddresses(count: number): Promise<void>
  start(): Promise<LabController>
  /** The external address of a VM, and where the cloud and OpenNebula have each. */
  whereabouts(): Whereabouts[]
  /** Broken rules of the cloud's good customers. */
  violations(): Promise<unknown[]>
  close(): Promise<void>
}

export interface Whereabouts {
  readonly vm: number
  readonly lcmState: number
  readonly external: string
  /** Scaleway's word. */
  readonly status: string
  readonly attachedTo: string | null
  /** The server of the newest host in the VM's history. */
  readonly newest: string
  /** The server on which its guest runs; undefined between. */
  readonly runsOn: string | undefined
  /** Servers whose host maps the address. */
  readonly mappedOn: readonly string[]
}

export interface AddressLabOptions {
  readonly hosts: number
  /** Real seconds for a simulated one. */
  readonly scale: number
  /** How long a VM stays in PROLOG; 2 s unless given. */
  readonly prologSeconds?: number
}

const provisionId = 7
const uuid = 'a0000000-0000-4000-8000-000000000001'

export async function createAddressLab(options: AddressLabOptions): Promise<AddressLab> {
  const { scale, prologSeconds = 2 } = options
  // A socket's path has 107 bytes at most.
  const home = await mkdtemp(join(tmpdir(), 'addresses-'))
  const socket = join(home, 'controller.sock')
  await writeDrivers(home)
  const clock = createClock({ scale, patience: scale })
  const seconds = () => clock.elapsed() / scale / 1000
  const sim = await createSimulator({ timeScale: scale, jitter: 0, latency: false, foreignFips: 3 })
  const hypervisor = createFakeHypervisor()
  const elastic = new QuickElastic({ socket, provision: provisionId, seconds })
  const one = await createOpenNebulaStandIn({
    ...{ ipamDir: home, hypervisor, elastic, clock, users: { oneadmin: 'secret-of-admin' } },
    env: { PATH: process.env['PATH'] ?? '', EDGECTL_IPAM_SOCKET: socket },
    ...{ transferMs: prologSeconds * 1000, monitorEveryMs: 1e9 },
  })
  const client = createOpenNebula({ endpoint: one.url, session: 'oneadmin:secret-of-admin' })
  const tools = { clock, logger: silent }
  const zone = { projectId: simulatedProject, region: 'fr-par', zone: 'fr-par-2', apiUrl: sim.url }
  const scaleway = createScaleway({ ...simulatedKey, ...zone }, tools)
  const identity = { cloud: 'c', provision: uuid, provisionId, userTags: {} }
  const cloud = { scaleway, identity, ending: false }
  const clusterId = await client.clusters.create('edge')
  await client.datastores.create({ NAME: 'system', TYPE: 'SYSTEM_DS', TM_MAD: 'ssh' }, clusterId)
  const hosts = await makeHosts(options.hosts)
  const servers = hosts.map(({ server, hostId, name }, index) => {
    return { ...sampleServer(index + 1), server, hostId, publicAddress: name }
  })
  const agents = createQuickAgents({
    ...{ clock, appliesMs: 500 },
    isPlugged: (server, port) => {
      const vm = Number(port.split('-')[1])
      return hypervisor.running.get(vm)?.hostname === nameOf(server)
    },
  })
  const network = { NAME: 'public', VN_MAD: 'elastic', BRIDGE: 'onebrp' }
  const networkId = await client.networks.create(network, clusterId)
  while ((await client.networks.get(networkId)).state !== 'READY') await pause(10)
  let epoch = 0
  let added = 0

  async function makeHosts(count: number): Promise<LabHost[]> {
    const { offers } = await scaleway.baremetal.listOffers({ subscriptionPeriod: 'hourly' })
    const offerId = offers.find(({ name }) => name === 'EM-A116X-SSD')?.id ?? ''
    const made: LabHost[] = []
    for (let n = 0; n < count; n++) {
      const plain = { description: '', tags: [], protected: false }
      const { id } = await scaleway.baremetal.createServer({ offerId, name: `s${n}`, ...plain })
      await sim.clock.advance(3_600_000)
      const name = `51.15.0.${11 + n}`
      const hostId = await client.hosts.create(name, 'kvm', 'kvm', clusterId)
      await client.hosts.update(hostId, { ONEFORM: { PROVISION_ID: provisionId } })
      made.push({ server: id, hostId, name })
    }
    return made
  }

  const nameOf = (server: string) => hosts.find((host) => host.server === server)?.name
  const serverOf = (name: string) => hosts.find((host) => host.name === name)?.server

  async function start(): Promise<LabController> {
    const hub = agents.hub()
    const told: string[] = []
    const flexibleIps = createFlexibleIps({
      ...tools,
      provision: async () => cloud,
      provisions: async () => ({ clouds: [cloud], unknown: [] }),
      ranges: () => knownRanges(client),
    })
    const derive = (purpose: string) => createHmac('sha256', 'lab').update(purpose).digest()
    const mine = { ...tools, hub, epoch: ++epoch }
    const fleet = createFleet({ ...mine, one: client, derive })
    let dead = false
    const elastics = createElastics({
      ...{ ...mine, fleet, flexibleIps },
      holds: async () => !dead,
      tell: (_provision, level, sentence) => told.push(`${level}: ${sentence}`),
    })
    const api = createDriverApi({ flexibleIps, elastic: elastics.elastic, logger: silent })
    await api.listen(socket)
    elastics.start()
    await fleet.set({ provisionId, uuid, clusterId, servers })
    fleet.start()
    const kill = async () => {
      if (dead) return
      dead = true
      await Promise.all([elastics.close(), fleet.close()])
      await api.close()
    }
    controllers.push(kill)
    return { elastics, told, kill }
  }
  const controllers: (() => Promise<void>)[] = []

  return {
    ...{ sim, one, client, agents, hosts, networkId, seconds, start },
    actions: elastic.actions,
    sleep: (simulated) => pause(simulated * 1000 * scale),
    async addAddresses(count) {
      for (const last = added + count; added < last; added++) {
        const range = { TYPE: 'IP4', SIZE: 1, IPAM_MAD: 'scaleway', PROVISION_ID: provisionId }
        await client.networks.addRange(networkId, { ...range, EDGE_KEY: `${uuid}/ip-${added}` })
      }
    },
    whereabouts: () => whereabouts({ one, sim, agents, hypervisor, serverOf }),
    async violations() {
      const answer = await fetch(`${sim.url}/_sim/violations`)
      return ((await answer.json()) as { violations: unknown[] }).violations
    },
    async close() {
      for (const kill of controllers) await kill()
      client.close()
      await one.close()
      await sim.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}

interface Views extends Pick<AddressLab, 'one' | 'sim' | 'agents'> {
  readonly hypervisor: FakeHypervisor
  readonly serverOf: (name: string) => string | undefined
}

function whereabouts({ one, sim, agents, hypervisor, serverOf }: Views): Whereabouts[] {
  const fips = [...sim.state.flexibleIps.values()]
  const done = 6
  return one.state.vms
    .newestFirst()
    .filter(({ state }) => state !== done)
    .map(({ id: vm, lcmState, nics, history }) => {
      const external = nics[0]?.['EXTERNAL_IP'] ?? ''
      const fip = fips.find(({ ip_address }) => ip_address === external)
      return {
        ...{ vm, lcmState, external, status: fip?.status ?? 'gone' },
        attachedTo: fip?.server_id ?? null,
        newest: serverOf(history.at(-1)?.hostname ?? '') ?? '',
        runsOn: serverOf(hypervisor.running.get(vm)?.hostname ?? ''),
        mappedOn: agents.mapping(external),
      }
    })
    .toReversed()
}

/** The drivers that ship, as executables where oned looks for them. */
async function writeDrivers(home: string): Promise<void> {
  const actions = [
    ...['register_address_range', 'unregister_address_range', 'get_address', 'free_address'],
    ...['allocate_address', 'vnet_create', 'vnet_delete'],
  ]
  const sources = new URL('../../../ipam/bin/', import.meta.url).pathname
  await build({
    entryPoints: actions.map((action) => join(sources, `${action}.ts`)),
    ...{ bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' },
    ...{ outdir: home, outExtension: { '.js': '.cjs' } },
  })
  await mkdir(join(home, 'scaleway'), { recursive: true })
  for (const action of actions) {
    const path = join(home, 'scaleway', action)
    const program = `#!/bin/sh\nexec ${process.execPath} ${join(home, action)}.cjs "$@"\n`
    await writeFile(path, program)
    await chmod(path, 0o755)
  }
}
