import { deleteForGood } from '../opennebula/index.ts'
import { createHardware, type Hardware, type Watch } from '../scaleway/index.ts'
import { fault } from './faults.ts'
import type { Looked } from './look.ts'
import type { ReleaserParts } from './releaser-parts.ts'
import type { OneKind, Suspicion } from './view.ts'

export interface StageRequest {
  readonly leak: Suspicion
  readonly looked: Looked
  readonly parts: Pick<ReleaserParts, 'cloud' | 'one' | 'letGo' | 'clock' | 'logger'>
  readonly signal: AbortSignal
  readonly tell: Watch
}

/** One change, after which everything is looked at again. */
export type Stage = (request: StageRequest) => Promise<void>

type Kind = Suspicion['kind']

/** As undeploying does it: what holds something goes before what is held. */
const order: readonly Kind[][] = [
  ['one-network'],
  ['one-template', 'one-datastore', 'one-host'],
  ['one-cluster'],
  ['flexible-ip'],
  ['server'],
  ['gateway'],
  ['gateway-ip'],
  ['private-network'],
  ['vpc'],
  ['ssh-key'],
]

export function rankOf(kind: Kind): number {
  return order.findIndex((kinds) => kinds.includes(kind))
}

export function stagesOf(kind: Kind): readonly Stage[] {
  return cloudStages[kind]?.map(inCloud) ?? [inOpenNebula]
}

type CloudStage = (hardware: Hardware, id: string, tell: Watch) => Promise<void>

const cloudStages: Readonly<Partial<Record<Kind, readonly CloudStage[]>>> = {
  'flexible-ip': [(hardware, _, tell) => hardware.releaseFlexibleIps(tell)],
  server: [
    (hardware, id, tell) => hardware.waitDeletable(id, tell),
    (hardware, id, tell) => hardware.detachServer(id, tell),
    (hardware, id, tell) => hardware.releaseServer(id, tell),
  ],
  gateway: [
    (hardware, _, tell) => hardware.releaseGatewayNetworks(tell),
    (hardware, _, tell) => hardware.releaseGateways(tell),
  ],
  'gateway-ip': [(hardware) => hardware.releaseGatewayIps()],
  'private-network': [(hardware) => hardware.releasePrivateNetworks()],
  vpc: [(hardware) => hardware.releaseVpcs()],
  'ssh-key': [(hardware) => hardware.releaseSshKeys()],
}

/** With hands for this one object only, whatever else carries the same tags. */
function inCloud(run: CloudStage): Stage {
  return async ({ leak, looked, parts, signal, tell }) => {
    const [, id = ''] = leak.id.split('/')
    const client = looked.clients.get(leak.place)
    if (client === undefined) throw fault('EDGE_LEAK_PLACE', `No provider opens ${leak.place}`)
    const { kind, provision, provisionId = 0, certain } = leak
    if (kind === 'server') parts.letGo(id, certain ? leak.provisionId : undefined)
    const identity = { cloud: parts.cloud, provision, provisionId, userTags: {} }
    const tools = { clock: parts.clock, logger: parts.logger, signal, only: new Set([id]) }
    await run(createHardware(client.within({ stop: signal }), identity, tools), id, tell)
  }
}

const pools = {
  'one-cluster': 'clusters',
  'one-datastore': 'datastores',
  'one-host': 'hosts',
  'one-network': 'networks',
  'one-template': 'networkTemplates',
} as const satisfies Record<OneKind, string>

/** oned refuses what still holds something of somebody, and says what. */
async function inOpenNebula({ leak, parts, signal }: StageRequest): Promise<void> {
  const pool = parts.one[pools[leak.kind as OneKind]]
  const id = Number(leak.id.split('/')[1])
  await deleteForGood({
    ...{ what: leak.id, clock: parts.clock, signal },
    remove: () => pool.delete(id),
    get: () => pool.get(id),
  })
}
