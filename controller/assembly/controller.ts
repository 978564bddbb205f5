import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createFlexibleIps } from '../../ipam/flexible-ip/index.ts'
import type { Clock } from '../../lib/clock/index.ts'
import type { Fault } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import { createTunnels } from '../bootstrap/index.ts'
import type { Config } from '../config/index.ts'
import { createDocuments, loadControllerDocument } from '../documents/index.ts'
import { createDriverApi } from '../driver-api/index.ts'
import { createElastics, createFleet } from '../fleet/index.ts'
import { createHub } from '../hub/index.ts'
import { createOpenNebula } from '../opennebula/index.ts'
import { createLifecycle } from '../provision/index.ts'
import { createAgentKeys } from './agent-keys.ts'
import { claim } from './claim.ts'
import { createClouds } from './clouds.ts'
import { createFleetPort } from './fleet.ts'
import { createHosts } from './hosts.ts'
import { createKeys } from './keys.ts'
import { knownRanges } from './known-ranges.ts'
import { waitForLeadership } from './leadership.ts'
import { createMoney } from './money.ts'
import { oneSession } from './one-session.ts'
import { createSiteApi } from './site-api.ts'
import { createTenure } from './tenure.ts'
import { tellWrittenOver } from './written-over.ts'

export interface Controller {
  /** Resolves with why when another controller took over: this one must end. */
  readonly deposed: Promise<Fault>
  /** Stops taking requests and stops work where it is; the next start goes on from there. */
  close(): Promise<void>
}

export interface ControllerTools {
  readonly clock: Clock
  readonly logger: Logger
  readonly version: string
}

/**
 * Builds the controller out of its rooms and starts it: waits until oned answers and is leader, takes
 * the epoch, serves drivers and clients, and goes on with what was interrupted.
 */
export async function startController(
  config: Config,
  { clock, logger, version }: ControllerTools,
): Promise<Controller> {
  const login = await oneSession(config.oneAuth)
  const one = createOpenNebula({ endpoint: config.oned, session: login })
  const unclaim = await claim(config)
  await waitForLeadership(one, clock, logger)
  const controller = await loadControllerDocument(one)
  const documents = createDocuments(one, controller, (lost) =>
    tellWrittenOver(lost, logger, (...told) => lifecycle.tell(...told)),
  )
  const keys = createKeys(controller.master)
  const clouds = createClouds({
    apiUrl: config.scalewayUrl,
    cloud: controller.cloud,
    documents,
    clock,
    logger,
  })
  const { epoch } = controller
  const tenure = createTenure({ one, epoch, clock, logger })
  const hub = createHub({ clock, logger, epoch, ...createAgentKeys(one) })
  const tunnels = createTunnels({ clock, logger, attach: hub.attach })
  const fleet = createFleet({ one, hub, epoch, derive: keys.derived, clock, logger })
  const flexibleIps = createFlexibleIps({
    provision: clouds.ofProvision,
    provisions: clouds.ofAllProvisions,
    ranges: () => knownRanges(one),
    clock,
    logger,
  })
  const elastics = createElastics({
    ...{ fleet, flexibleIps, hub, epoch, clock, logger },
    holds: tenure.holds,
    tell: (provision, level, sentence) => lifecycle.tell(provision, level, sentence),
  })
  const hosts = createHosts({ config, keys, hub, tunnels, clock, one })
  const money = createMoney({
    ...{ one, documents, clouds, flexibleIps, fleet, hosts, clock, logger },
    ...{ cloud: controller.cloud, holds: tenure.holds, everyMinutes: config.leakLookMinutes },
  })
  const driverApi = createDriverApi({ flexibleIps, elastic: elastics.elastic, logger })
  const lifecycle = createLifecycle({
    clock,
    logger,
    cloud: controller.cloud,
    ...documents,
    opennebula: { ...one, isLeader: tenure.holds },
    hardware: clouds.hardware,
    hosts,
    fleet: createFleetPort(fleet, config),
    keys,
  })
  const api = createSiteApi({
    ...{ config, version, one, documents, clouds, lifecycle, hosts, hub, fleet, elastics },
    ...{ flexibleIps, money, keys, clock, logger },
    cloud: controller.cloud,
    own: { session: login, user: await one.user() },
  })
  // Throw-away keys of hosts that may be gone by now.
  await rm(join(config.stateDir, 'ssh'), { recursive: true, force: true })
  // What drivers ask is known from now on, whatever oned does.
  await Promise.all([documents.providers.census(), documents.provisions.census()])
  // Drivers first: work that is resumed may make oned call them at once.
  await driverApi.listen(config.socket)
  await api.listen({ host: config.host, port: config.port })
  elastics.start()
  fleet.start()
  money.leaks.start()
  await lifecycle.resume()
  logger.info('ready', { host: config.host, port: config.port, epoch, cloud: controller.cloud })
  return {
    deposed: tenure.over,
    async close() {
      tenure.close()
      // work first, so that requests which wait for it are answered before they are cut off
      const work = lifecycle.close()
      await api.close()
      await work
      await money.leaks.close()
      await elastics.close()
      await fleet.close()
      await driverApi.close()
      await tunnels.close()
      await hub.close()
      one.close()
      unclaim()
    },
  }
}
