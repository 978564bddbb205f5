import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createFlexibleIps } from '../../ipam/flexible-ip/index.ts'
import { type Clock, poll, retry } from '../../lib/clock/index.ts'
import { type Fault, sentenceOf } from '../../lib/fault/index.ts'
import { keepSecret, type Logger } from '../../lib/log/index.ts'
import { createAdoption } from '../adopt/index.ts'
import {
  createApi,
  createProvisionLogs,
  describeProvision,
  scalewayDriver,
  stockServer,
} from '../api/index.ts'
import { createTunnels, tryLogin } from '../bootstrap/index.ts'
import type { Config } from '../config/index.ts'
import { createDocuments, createDriverStates, loadControllerDocument } from '../documents/index.ts'
import { createDriverApi } from '../driver-api/index.ts'
import { createElastics, createFleet, fleetHealth } from '../fleet/index.ts'
import { createHub } from '../hub/index.ts'
import { createOpenNebula, type OpenNebula } from '../opennebula/index.ts'
import { createLifecycle, parseInputs, preflight } from '../provision/index.ts'
import { checkAccess } from '../scaleway/index.ts'
import { createAgentKeys } from './agent-keys.ts'
import { claim } from './claim.ts'
import { createClouds } from './clouds.ts'
import { createSiteDoctor } from './doctor.ts'
import { verifyDriverFiles } from './driver-files.ts'
import { fault } from './faults.ts'
import { createFleetPort } from './fleet.ts'
import { createHosts } from './hosts.ts'
import { createKeys } from './keys.ts'
import { knownRanges } from './known-ranges.ts'
import { createMoney } from './money.ts'
import { oneadminLogin } from './oneadmin-login.ts'
import { packageWarnings } from './repository-facts.ts'
import { siteInputs } from './site-inputs.ts'
import { createTenure } from './tenure.ts'

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

const leaderEveryMs = 5_000
/** Somebody waits for the plan; who is slower has no say. */
const repositoryMs = 5_000
const foreverMs = Number.MAX_SAFE_INTEGER

/**
 * Builds the controller out of its rooms and starts it: waits until oned answers and is leader, takes
 * the epoch, serves drivers and clients, and goes on with what was interrupted.
 */
export async function startController(
  config: Config,
  { clock, logger, version }: ControllerTools,
): Promise<Controller> {
  const login = await session(config.oneAuth)
  const one = createOpenNebula({ endpoint: config.oned, session: login })
  const unclaim = await claim(config)
  await waitForLeadership(one, clock, logger)
  const controller = await loadControllerDocument(one)
  const documents = createDocuments(one, controller)
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
  const driver = scalewayDriver({
    ...{ systemPath: config.driverPath, version },
    hypervisor: config.profile.hypervisor,
  })
  const inputsOf = siteInputs(config, documents)
  const api = createApi({
    documents,
    one,
    own: { session: login, user: await one.user() },
    lifecycle,
    driver,
    stock: config.oneform.stock === null ? null : stockServer(config.oneform.stock),
    drivers: {
      ...createDriverStates(one),
      verify: () => verifyDriverFiles(config.driverPath),
    },
    checkConnection: (connection) => checkAccess(clouds.probe(connection)),
    parseInputs: inputsOf,
    preflight: async (connection, values) => {
      const inputs = parseInputs(values)
      await hosts.ready(inputs.hypervisor)
      const ports = { scaleway: clouds.client(connection), one, provisions: documents.provisions }
      const [plan, warnings] = await Promise.all([
        preflight(ports, inputs),
        packageWarnings(config, one, inputs, repositoryMs),
      ])
      return { ...plan, warnings: [...plan.warnings, ...warnings] }
    },
    addresses: {
      report: elastics.truth.report,
      async setReverse(request) {
        const name = await flexibleIps.setReverse(request)
        elastics.truth.round().catch(() => undefined)
        return name
      },
    },
    ...money,
    adoption: createAdoption({
      ...{ one, client: clouds.client, cloud: controller.cloud },
      login: (address) => tryLogin(oneadminLogin(config, address)),
      uuidOf: (id) => keys.derivedUuid(`adopted-provision/${id}`),
      provisions: documents.provisions,
      describe: async (values) => describeProvision(driver, await inputsOf(values)),
      ready: (kind) => hosts.ready(kind === 'lxc' ? 'lxc' : 'kvm'),
      start: lifecycle.create,
      clock,
    }),
    fleet: (id) => fleetHealth({ fleet, hub }, id),
    doctor: createSiteDoctor({ config, version, one, documents, clouds, fleet, hub, clock }),
    events: lifecycle,
    logs: createProvisionLogs(join(config.stateDir, 'logs'), clock, logger),
    clock,
    logger,
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

/** oneadmin's "user:password", from the file every OpenNebula front-end has. */
async function session(path: string): Promise<string> {
  try {
    const text = (await readFile(path, 'utf8')).trim()
    keepSecret(text.slice(text.indexOf(':') + 1))
    return text
  } catch (cause) {
    const answer = cause instanceof Error ? cause.message : String(cause)
    throw fault('EDGE_ONE_AUTH', `Cannot read OpenNebula's login from ${path}`, { answer, cause })
  }
}

/** A follower waits: only the leader's controller may act. So does one whose oned is not up yet. */
async function waitForLeadership(one: OpenNebula, clock: Clock, logger: Logger): Promise<void> {
  let told = false
  const leads = () =>
    retry(clock, { firstMs: 1_000, capMs: leaderEveryMs, withinMs: foreverMs }, async () => {
      try {
        return await one.isLeader()
      } catch (error) {
        if (!told) logger.warn('oned does not answer yet', { why: sentenceOf(error) })
        told = true
        throw error
      }
    })
  const wait = { what: 'oned to lead', everyMs: leaderEveryMs, withinMs: foreverMs }
  await poll(clock, wait, async () => ((await leads()) ? true : undefined))
}
