import { randomUUID } from 'node:crypto'
import { createHardware, type Hardware, type Watch } from '../../../controller/scaleway/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { silent } from '../../../lib/log/index.ts'
import {
  createGate,
  createScaleway,
  type Gate,
  type Scaleway,
} from '../../../lib/scaleway/index.ts'
import {
  createSimulator,
  type Simulator,
  type SimulatorOptions,
  simulatedKey,
  simulatedProject,
} from '../scaleway/index.ts'

export interface Site {
  readonly sim: Simulator
  readonly scaleway: Scaleway
  readonly hardware: Hardware
  /** The same hardware through a client of its own, as another controller would see it. */
  hardwareThrough(gate: Gate | undefined, signal: AbortSignal): Hardware
  /** What the waits said, without repetition. */
  readonly told: string[]
  readonly tell: Watch
  /** What was asked of the cloud so far: `GET /vpc/…`. */
  asked(): Promise<readonly string[]>
  /** Orders a fault of the simulator. */
  fault(order: object): Promise<void>
  /** Broken invariants; with `destroyed` also everything that is left in the project. */
  violations(destroyed?: boolean): Promise<readonly Violation[]>
}

export interface Violation {
  readonly rule: string
  readonly severity: string
  readonly what: string
}

export const publicKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'

export const request = {
  instanceType: 'em_a116x_ssd',
  osName: 'ubuntu_2204',
  diskGb: 128,
  hosts: 1,
  publicIps: 0,
  billing: 'hourly',
  gatewayType: 'VPC-GW-S',
  cidr: '10.180.0.0/22',
} as const

export const timing = { scale: 0.001, patience: 0.05 }
const timeScale = timing.scale

/** A simulated cloud a thousand times faster than the world, and one provision's hardware in it. */
export async function createSite(
  t: { teardown(fn: () => unknown): void },
  options: SimulatorOptions = {},
): Promise<Site> {
  const sim = await createSimulator({ timeScale, ...options })
  t.teardown(() => sim.close())
  const clock = createClock(timing)
  const connection = {
    ...simulatedKey,
    projectId: simulatedProject,
    region: 'fr-par',
    zone: 'fr-par-2',
    apiUrl: sim.url,
  }
  const scaleway = createScaleway(connection, { clock, logger: silent })
  const identity = {
    cloud: randomUUID(),
    provision: randomUUID(),
    provisionId: 7,
    userTags: { team: 'edge' },
  }
  const limits = createGate(clock)
  const told: string[] = []
  return {
    sim,
    scaleway,
    hardware: createHardware(scaleway, identity, { clock, logger: silent }),
    hardwareThrough: (gate, signal) => {
      // What a dead controller still has on the wire counts, so all of a site share the limits.
      const limited: Gate = {
        pass: (work) => gate?.pass(() => limits.pass(work)) ?? limits.pass(work),
      }
      const tools = { clock, logger: silent, gate: limited }
      const own = createScaleway(connection, tools)
      return createHardware(own, identity, { clock, logger: silent, signal })
    },
    told,
    tell: (detail) => {
      if (!told.includes(detail)) told.push(detail)
    },
    asked: async () => {
      const answer = await admin(sim, 'GET', '/requests')
      const { requests } = (await answer.json()) as { requests: { method: string; url: string }[] }
      return requests.map(({ method, url }) => `${method} ${url}`)
    },
    fault: async (order) => {
      const answer = await admin(sim, 'POST', '/faults', order)
      if (!answer.ok) throw new Error(await answer.text())
    },
    violations: async (destroyed = false) => {
      const path = destroyed ? `/violations?destroyed=${simulatedProject}` : '/violations'
      const answer = await admin(sim, 'GET', path)
      const { violations } = (await answer.json()) as { violations: Violation[] }
      return violations.filter(({ severity }) => severity === 'error')
    },
  }
}

/** What APPLYING does, straight on: the hardware of a provision with that many hosts. */
export async function build({ hardware, tell }: Site, hosts: number): Promise<string[]> {
  const plan = await hardware.model({ ...request, hosts })
  const sshKeyId = await hardware.ensureSshKey(publicKey)
  const vpc = await hardware.ensureVpc()
  const network = await hardware.ensurePrivateNetwork(vpc, '10.180.0.0/22')
  const ip = await hardware.ensureGatewayIp()
  const gateway = await hardware.ensureGateway('VPC-GW-S', ip.id, tell)
  await hardware.ensureGatewayNetwork(gateway, network.id, tell)
  return await Promise.all(
    Array.from({ length: hosts }, async (_, n) => {
      const key = `host-${n}`
      const order = {
        key,
        sshKeyId,
        userData: `#cloud-config\n${key}`,
        offerId: plan.offer.id,
        billing: 'hourly' as const,
      }
      const id = await hardware.ensureServer(
        { ...order, osId: plan.osId, optionIds: plan.optionIds },
        tell,
      )
      await hardware.waitDelivered(id, key, tell)
      await hardware.waitInstalled(id, key, tell)
      await hardware.ensurePrivateNic(id, network.id, tell)
      return id
    }),
  )
}

/** What DEPROVISIONING does. */
export async function raze({ hardware, tell }: Site): Promise<void> {
  await hardware.releaseFlexibleIps(tell)
  await hardware.releaseGatewayNetworks(tell)
  for (const { id } of await hardware.findServers()) {
    await hardware.detachServer(id, tell)
    await hardware.releaseServer(id, tell)
  }
  await hardware.releaseGateways(tell)
  await hardware.releaseGatewayIps()
  await hardware.releasePrivateNetworks()
  await hardware.releaseVpcs()
  await hardware.releaseSshKeys()
  await hardware.proveEmpty()
}

function admin(sim: Simulator, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${sim.url}/_sim${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}
