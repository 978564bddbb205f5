import type { StockLevel } from '../baremetal/model.ts'
import { metalZones } from '../transport/locality.ts'
import type { World } from '../world.ts'
import type { Door } from './passage.ts'
import type { Snapshot } from './saved.ts'
import { createIdleWorld } from './serial-world.ts'
import type { Mutable } from './store.ts'

export interface Project {
  readonly id: string
  readonly name: string
}

export interface ApiKeySeed {
  readonly accessKey: string
  readonly secretKey: string
  /** Projects the key sees; all of the organization unless given. */
  readonly projects?: readonly string[]
  readonly expiresAt?: string
  /** `(action, resource)` pairs the key may not do. */
  readonly denied?: readonly { readonly action: string; readonly resource: string }[]
}

/** Everything that can be set; each field has a default in `defaultConfig`. */
export interface SimulatorOptions {
  /** Real seconds per simulated second. */
  readonly timeScale?: number
  readonly jitter?: number
  readonly seed?: number
  readonly port?: number
  readonly world?: World
  /** Whether requests take as long as the real ones (scaled). */
  readonly latency?: boolean
  readonly organizationId?: string
  readonly projects?: readonly Project[]
  readonly keys?: readonly ApiKeySeed[]
  /** Limits by quota name, added to the defaults. */
  readonly quotas?: Readonly<Record<string, number>>
  /** First three octets of the public /24 that servers and gateways get addresses from. */
  readonly publicPrefix?: string
  /** Flexible IPs per zone that belong to the other project from the start. */
  readonly foreignFips?: number
  /** Stock per offer name, in every zone, over the seed. */
  readonly stock?: Readonly<Record<string, StockLevel>>
  readonly switches?: Partial<Switches>
  /** Sees every request come and go; nobody unless given. */
  readonly door?: Door
  /** Begins with this state instead of the seed. */
  readonly snapshot?: Snapshot
}

/** What the real API does is not known for these; each value is a possible world. */
export interface Switches {
  readonly sshDuplicate: 'allow' | 'refuse'
  readonly stockMode: '412' | '503' | 'late'
  /** Two creates of one offer under way at once: the later one answers 500 (terraform issue 3354). */
  readonly concurrentCreate500: boolean
  readonly pnOptionError: 412 | 400
  readonly vlanScope: 'perAttachment' | 'perPN'
  readonly attachWhileAttached: 'move' | 'refuse'
  readonly gatewayDeleteWithNetworks: '412' | 'cascade'
  /** Simulated milliseconds a private network still refuses deletion after the last detach. */
  readonly pnEmptyLagMs: number
  /** A freed flexible IP goes to a foreign project instead of back to the pool. */
  readonly poolSteal: boolean
  /** Simulated milliseconds new objects miss from lists. */
  readonly listLagMs: number
  /** 403 during that many simulated milliseconds of the simulator's life. */
  readonly iamPropagationMs: number
}

export type Config = Required<
  Omit<SimulatorOptions, 'switches' | 'quotas' | 'door' | 'snapshot'>
> & {
  readonly switches: Mutable<Switches>
  readonly quotas: Readonly<Record<string, number>>
  readonly door: Door | undefined
}

export const switchDefaults: Switches = {
  sshDuplicate: 'allow',
  stockMode: '412',
  concurrentCreate500: true,
  pnOptionError: 412,
  vlanScope: 'perAttachment',
  attachWhileAttached: 'move',
  gatewayDeleteWithNetworks: '412',
  pnEmptyLagMs: 5000,
  poolSteal: false,
  listLagMs: 0,
  iamPropagationMs: 0,
}

export const quotaDefaults: Readonly<Record<string, number>> = {
  ssh_keys: 50,
  flexible_ips: 64,
  vpc_private_networks: 255,
  vpc_gateways: 50,
  vpc_gateway_ips: 50,
  EM_A116X_SSD: 10,
  EM_A115X_SSD: 3,
  EM_A610R_NVME: 2,
  EM_B220E_NVME: 2,
  EM_B112X_SSD: 2,
  EM_I210E_NVME: 2,
  EM_L110X_SATA: 2,
}

export const simulatedOrganization = '11111111-2222-4333-8444-555555555555'
export const simulatedProject = 'aaaaaaaa-1111-4aaa-8aaa-000000000001'
/** The same organization's other project, owner of the foreign flexible IPs. */
export const foreignProject = 'bbbbbbbb-2222-4bbb-8bbb-000000000002'
export const simulatedKey = {
  accessKey: 'SCWSIMULATOR000000XX',
  secretKey: '5ca1e0a1-0000-4000-8000-00005ec4e700',
} as const

export function completeConfig(options: SimulatorOptions): Config {
  const foreignFips = options.foreignFips ?? 45
  // The organization got its limit raised for what the other project holds; 64 are left for ours.
  const room = (quotaDefaults['flexible_ips'] ?? 0) + foreignFips * metalZones.length
  return {
    timeScale: options.timeScale ?? 0.01,
    jitter: options.jitter ?? 0.2,
    seed: options.seed ?? 1,
    port: options.port ?? 0,
    world: options.world ?? createIdleWorld(),
    latency: options.latency ?? true,
    organizationId: options.organizationId ?? simulatedOrganization,
    projects: options.projects ?? [
      { id: simulatedProject, name: 'edge' },
      { id: foreignProject, name: 'other' },
    ],
    keys: options.keys ?? [simulatedKey],
    quotas: { ...quotaDefaults, flexible_ips: room, ...options.quotas },
    publicPrefix: options.publicPrefix ?? '51.15.0',
    foreignFips,
    stock: options.stock ?? {},
    switches: { ...switchDefaults, ...options.switches },
    door: options.door,
  }
}
