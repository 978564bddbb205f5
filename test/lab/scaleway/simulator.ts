import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { criticalPathMs } from './admin/critical-path.ts'
import { serveAdmin } from './admin/index.ts'
import { type FaultRequest, orderFault } from './admin/orders.ts'
import { violations } from './admin/violations.ts'
import { serveActions } from './baremetal/actions.ts'
import { serveCatalogue } from './baremetal/catalogue-routes.ts'
import { serveServerOptions } from './baremetal/options.ts'
import { serveOrders } from './baremetal/order-routes.ts'
import { servePartitioning } from './baremetal/partitioning-routes.ts'
import { servePrivateNetworks } from './baremetal/private-networks.ts'
import { serveServers } from './baremetal/servers.ts'
import { createChance } from './engine/chance.ts'
import { createSimClock, type SimClock } from './engine/clock.ts'
import { completeConfig, type SimulatorOptions } from './engine/config.ts'
import { createFaults, type FaultOrder } from './engine/faults.ts'
import { createJournal, type Note, type RequestRecord } from './engine/journal.ts'
import { createLedger, type Ledger } from './engine/ledger.ts'
import type { Snapshot } from './engine/saved.ts'
import { seed } from './engine/seed.ts'
import { serialWorld } from './engine/serial-world.ts'
import type { Sim } from './engine/sim.ts'
import { loadSnapshot, takeSnapshot } from './engine/snapshot.ts'
import { createStore, type Store } from './engine/store.ts'
import { serveAttachments } from './flexible-ip/attach-routes.ts'
import { serveFlexibleIps } from './flexible-ip/fips.ts'
import { serveBastion } from './gateway/bastion.ts'
import { serveProductCatalogue } from './gateway/catalogue.ts'
import { serveGateways } from './gateway/gateways.ts'
import { serveGatewayIps } from './gateway/ips.ts'
import { serveGatewayNetworks } from './gateway/networks.ts'
import { serveApiKeys } from './iam/api-keys.ts'
import { serveSshKeys } from './iam/ssh-keys.ts'
import { serveIpam } from './ipam/ips.ts'
import { createApp } from './transport/app.ts'
import { gatewayZones, guardPaths, metalZones, regions } from './transport/locality.ts'
import { serveVpcNetworks } from './vpc/private-networks.ts'
import { serveVpcs } from './vpc/vpcs.ts'

export interface Simulator {
  /** `http://127.0.0.1:<port>`, what a client takes as its API URL. */
  readonly url: string
  readonly app: FastifyInstance
  readonly state: Store
  readonly clock: SimClock
  readonly ledger: Ledger
  /** Throws while something is under way. Another simulator may begin with it. */
  snapshot(): Snapshot
  /** Rules that were broken so far; `destroyed` names a project in which nothing may be left. */
  violations(destroyed?: string): Note[]
  /** Every request so far, as it was answered. */
  requests(): readonly RequestRecord[]
  /** Simulated milliseconds in which anybody at best could have had the servers that were ordered. */
  criticalPathMs(): number
  /** As `POST /_sim/faults`. Throws on nonsense. */
  order(fault: FaultRequest): void
  /** Those under order, and when each first struck. */
  faults(): readonly FaultOrder[]
  /** Ends all faults that are under order. */
  mend(): void
  close(): Promise<void>
}

/** Starts a simulated Scaleway API on loopback. */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const sim = assemble(options)
  if (options.snapshot) loadSnapshot(sim, options.snapshot)
  else seed(sim)
  const app = createApp(sim)
  serveProducts(app, sim)
  app.register(async (scope) => serveAdmin(scope, sim), { prefix: '/_sim' })
  await app.listen({ host: '127.0.0.1', port: sim.config.port })
  const { port } = app.server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    app,
    state: sim.store,
    clock: sim.clock,
    ledger: sim.ledger,
    snapshot: () => takeSnapshot(sim),
    violations: (destroyed) => violations(sim, destroyed),
    requests: () => sim.journal.requests,
    criticalPathMs: () => criticalPathMs(sim.journal),
    order: (fault) => void orderFault(sim, fault),
    faults: () => sim.faults.orders,
    mend: () => sim.faults.clear(),
    async close() {
      sim.clock.clear()
      app.server.closeAllConnections()
      await app.close()
    },
  }
}

function assemble(options: SimulatorOptions): Sim {
  const config = completeConfig(options)
  const chance = createChance(config.seed)
  const journal = createJournal()
  const clock = createSimClock({
    timeScale: config.timeScale,
    jitter: config.jitter,
    random: chance.random,
    ran: (transition) => void (transition.what !== 'sleep' && journal.transitions.push(transition)),
    failed: (job, error) =>
      journal.note({
        rule: 'simulator-defect',
        severity: 'error',
        what: `${job}: ${(error as Error).stack ?? String(error)}`,
      }),
  })
  const parts = {
    config,
    chance,
    journal,
    clock,
    store: createStore(),
    faults: createFaults(clock.now),
  }
  return { ...parts, ledger: createLedger(clock), world: serialWorld(config.world) }
}

type Serve = (app: FastifyInstance, sim: Sim) => void

const products: readonly [prefix: string, places: readonly string[], serve: readonly Serve[]][] = [
  ['/iam/v1alpha1', [], [serveSshKeys, serveApiKeys]],
  [
    '/baremetal/v1/zones/:zone',
    metalZones,
    [
      serveCatalogue,
      servePartitioning,
      serveServers,
      serveOrders,
      serveActions,
      serveServerOptions,
    ],
  ],
  ['/baremetal/v3/zones/:zone', metalZones, [servePrivateNetworks]],
  ['/flexible-ip/v1alpha1/zones/:zone', metalZones, [serveFlexibleIps, serveAttachments]],
  ['/vpc/v2/regions/:region', regions, [serveVpcs, serveVpcNetworks]],
  [
    '/vpc-gw/v2/zones/:zone',
    gatewayZones,
    [serveGateways, serveBastion, serveGatewayNetworks, serveGatewayIps],
  ],
  ['/ipam/v1/regions/:region', regions, [serveIpam]],
  ['/product-catalog/v2alpha1', [], [serveProductCatalogue]],
]

function serveProducts(app: FastifyInstance, sim: Sim): void {
  for (const [prefix, places, serves] of products)
    app.register(
      async (scope) => {
        guardPaths(scope, places)
        for (const serve of serves) serve(scope, sim)
      },
      { prefix },
    )
}
