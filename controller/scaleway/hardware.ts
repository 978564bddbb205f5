import type { Clock } from '../../lib/clock/index.ts'
import { Fault } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Identity, Scaleway } from '../../lib/scaleway/index.ts'
import { clearUserData, waitDelivered, waitInstalled } from './await-server.ts'
import { ensureBastion } from './bastion.ts'
import { checkAccess } from './check-access.ts'
import { ensureServer, mendInstall } from './ensure-server.ts'
import { fault } from './faults.ts'
import { detachFlexibleIps, releaseFlexibleIps } from './flexible-ips.ts'
import {
  ensureGateway,
  ensureGatewayIp,
  ensureGatewayNetwork,
  findGatewayAddress,
  releaseGatewayIps,
  releaseGatewayNetworks,
  releaseGateways,
} from './gateway.ts'
import { type CloudObject, inventory } from './inventory.ts'
import {
  ensurePrivateNetwork,
  ensureVpc,
  findPrivateNetworks,
  type PrivateNetwork,
  releasePrivateNetworks,
  releaseVpcs,
} from './network.ts'
import type { ServerOrder } from './order-server.ts'
import { type Also, type HardwarePlan, planHardware } from './plan.ts'
import type { PlanRequest } from './plan-request.ts'
import { detach, ensurePrivateNic, findPrivateNic, type PrivateNic } from './private-nic.ts'
import { releaseKey, releaseServer, waitDeletable } from './release-server.ts'
import { planModel, type ServerModel } from './server-model.ts'
import { ensureServerOption } from './server-option.ts'
import { findServers, isServerThere, type Server } from './servers.ts'
import { type Site, type Watch, watch } from './site.ts'
import { ensureSshKey, type NamedKey, releaseNamedKey, releaseSshKeys } from './ssh-key.ts'
import { type Claim, isThere, takeOver } from './take-over.ts'
import { createTurns, type Turns } from './turns.ts'

/**
 * The hardware of one provision. `ensure…` looks by tags and creates what is not there; `release…`
 * deletes what carries the tags and waits until it is gone; twice is harmless for all of them.
 */
export interface Hardware {
  readonly zone: string
  checkAccess(): Promise<void>
  /** What is still to be created, and whether it can be; `also` looks at more at once. */
  plan(request: Omit<PlanRequest, 'has'>, also?: Also): Promise<HardwarePlan>
  /** What servers are ordered as, once the plan was checked. */
  model(request: Omit<PlanRequest, 'has'>): Promise<ServerModel>
  ensureSshKey(publicKey: string): Promise<string>
  ensureVpc(): Promise<string>
  ensurePrivateNetwork(vpcId: string, cidr: string): Promise<PrivateNetwork>
  ensureGatewayIp(): Promise<{ id: string; address: string }>
  ensureGateway(type: string, ipId: string, tell: Watch): Promise<string>
  ensureGatewayNetwork(gatewayId: string, networkId: string, tell: Watch): Promise<string>
  /**
   * Lets SSH through to the hosts from those prefixes, from everywhere while there is none; with
   * `keepNarrow` from where somebody has restricted it to, then.
   */
  ensureBastion(
    gatewayId: string,
    management: readonly string[],
    tell: Watch,
    options?: { readonly keepNarrow?: boolean },
  ): Promise<void>
  ensureServer(order: ServerOrder, tell: Watch): Promise<string>
  /**
   * After EDGE_INSTALL_FAILED: installs again, then replaces the server unless it is paid by the month,
   * once each by itself. Answers the server to wait for; undefined when only somebody's `retry` goes on.
   */
  mendInstall(order: ServerOrder, tell: Watch): Promise<string | undefined>
  waitDelivered(serverId: string, key: string, tell: Watch): Promise<string>
  waitInstalled(serverId: string, key: string, tell: Watch): Promise<void>
  /**
   * Puts the provision's tags on an object that others made. Answers false when it is not there. Throws
   * EDGE_CLAIM_TAKEN.
   */
  takeOver(claim: Claim, tell: Watch): Promise<boolean>
  /** Whether such an object, or another with the provision's tags in its place, is there. */
  isThere(claim: Claim): Promise<boolean>
  /** The private-network option for a server that was ordered without. */
  ensureServerOption(serverId: string, tell: Watch): Promise<void>
  ensurePrivateNic(serverId: string, networkId: string, tell: Watch): Promise<PrivateNic>
  clearUserData(serverId: string): Promise<void>
  findServers(): Promise<Server[]>
  /** Whether the server of that id answers, whatever its tags say by now. */
  isServerThere(serverId: string): Promise<boolean>
  findPrivateNetworks(): Promise<PrivateNetwork[]>
  findPrivateNic(serverId: string, networkId: string): Promise<PrivateNic | undefined>
  findGatewayAddress(networkId: string): Promise<string | undefined>
  /** All of them, or that of one key. */
  releaseFlexibleIps(tell: Watch, key?: string): Promise<void>
  /** Takes all flexible IPs off a server; they live on. */
  detachFlexibleIps(serverId: string, tell: Watch): Promise<void>
  /** Takes the server off all private networks. */
  detachServer(serverId: string, tell: Watch): Promise<void>
  /** Waits until a server that is on its way may be deleted at all. */
  waitDeletable(serverId: string, tell: Watch): Promise<void>
  releaseServer(serverId: string, tell: Watch): Promise<void>
  /** Whatever server has this key: off its networks, deleted, and proved to be gone. */
  releaseKey(key: string, tell: Watch): Promise<void>
  releaseGatewayNetworks(tell: Watch): Promise<void>
  releaseGateways(tell: Watch): Promise<void>
  releaseGatewayIps(): Promise<void>
  releasePrivateNetworks(): Promise<void>
  releaseVpcs(): Promise<void>
  releaseSshKeys(): Promise<void>
  /** An SSH key that others made, as long as it still has that name. */
  releaseNamedKey(key: NamedKey): Promise<void>
  /** Everything with our tags. */
  inventory(): Promise<CloudObject[]>
  /** Waits until the inventory is empty. Throws EDGE_LEFTOVERS naming what is left. */
  proveEmpty(): Promise<void>
}

export interface HardwareTools {
  readonly clock: Clock
  readonly logger: Logger
  /** Shared by all provisions of an account, so that creates of one offer never meet. */
  readonly turns?: Turns
  readonly signal?: AbortSignal
  /** Ids of the only objects to see, and to release; all of the provision's unless given. */
  readonly only?: ReadonlySet<string>
}

const emptyWithinMs = 2 * 60_000

export function createHardware(
  scaleway: Scaleway,
  identity: Identity,
  { turns = createTurns(), ...tools }: HardwareTools,
): Hardware {
  const site: Site = { scaleway, identity, turns, ...tools }
  return {
    zone: scaleway.connection.zone,
    checkAccess: () => checkAccess(scaleway),
    plan: async (request, also) =>
      planHardware(scaleway, { ...request, has: await inventory(site) }, also),
    model: (request) => planModel(scaleway, request),
    ensureSshKey: (publicKey) => ensureSshKey(site, publicKey),
    ensureVpc: () => ensureVpc(site),
    ensurePrivateNetwork: (vpcId, cidr) => ensurePrivateNetwork(site, vpcId, cidr),
    ensureGatewayIp: () => ensureGatewayIp(site),
    ensureGateway: (type, ipId, tell) => ensureGateway(site, type, ipId, tell),
    ensureGatewayNetwork: (gatewayId, networkId, tell) =>
      ensureGatewayNetwork(site, gatewayId, networkId, tell),
    ensureBastion: (gatewayId, management, tell, options) =>
      ensureBastion(site, gatewayId, management, tell, options),
    ensureServer: (order, tell) => ensureServer(site, order, tell),
    mendInstall: (order, tell) => mendInstall(site, order, tell),
    waitDelivered: (id, key, tell) => waitDelivered(site, id, key, tell),
    waitInstalled: (id, key, tell) => waitInstalled(site, id, key, tell),
    takeOver: (claim, tell) => takeOver(site, claim, tell),
    isThere: (claim) => isThere(site, claim),
    ensureServerOption: (id, tell) => ensureServerOption(site, id, tell),
    ensurePrivateNic: (id, networkId, tell) => ensurePrivateNic(site, id, networkId, tell),
    clearUserData: (id) => clearUserData(site, id),
    findServers: () => findServers(site),
    isServerThere: (id) => isServerThere(site, id),
    findPrivateNetworks: () => findPrivateNetworks(site),
    findPrivateNic: (id, networkId) => findPrivateNic(site, id, networkId),
    findGatewayAddress: (networkId) => findGatewayAddress(site, networkId),
    releaseFlexibleIps: (tell, key) => releaseFlexibleIps(site, tell, key),
    detachFlexibleIps: (id, tell) => detachFlexibleIps(site, id, tell),
    detachServer: (id, tell) => detach(site, id, tell),
    waitDeletable: (id, tell) => waitDeletable(site, id, tell),
    releaseServer: (id, tell) => releaseServer(site, id, tell),
    releaseKey: (key, tell) => releaseKey(site, key, tell),
    releaseGatewayNetworks: (tell) => releaseGatewayNetworks(site, tell),
    releaseGateways: (tell) => releaseGateways(site, tell),
    releaseGatewayIps: () => releaseGatewayIps(site),
    releasePrivateNetworks: () => releasePrivateNetworks(site),
    releaseVpcs: () => releaseVpcs(site),
    releaseSshKeys: () => releaseSshKeys(site),
    releaseNamedKey: (key) => releaseNamedKey(site, key),
    inventory: () => inventory(site),
    proveEmpty: () => proveEmpty(site),
  }
}

async function proveEmpty(site: Site): Promise<void> {
  let left: CloudObject[] = []
  try {
    await watch(site, { what: 'nothing to be left', withinMs: emptyWithinMs }, async () => {
      left = await inventory(site)
      return left.length === 0 ? true : undefined
    })
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'EDGE_WAITED_TOO_LONG') throw error
    const names = left.map(({ kind, name, id }) => `${kind} ${name} (${id})`).join(', ')
    throw fault('EDGE_LEFTOVERS', `Still at Scaleway: ${names}`, { cause: error })
  }
}
