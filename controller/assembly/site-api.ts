import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { FlexibleIps } from '../../ipam/flexible-ip/index.ts'
import type { Clock } from '../../lib/clock/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import { createAdoption } from '../adopt/index.ts'
import {
  createApi,
  createProvisionLogs,
  describeProvision,
  type OwnLogin,
  type Preflight,
  scalewayDriver,
  stockServer,
} from '../api/index.ts'
import { tryLogin } from '../bootstrap/index.ts'
import type { Config } from '../config/index.ts'
import { createDriverStates, type Documents } from '../documents/index.ts'
import { type Elastics, type Fleet, fleetHealth } from '../fleet/index.ts'
import type { Hub } from '../hub/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'
import { type HostsPort, type Lifecycle, parseInputs, preflight } from '../provision/index.ts'
import { checkAccess } from '../scaleway/index.ts'
import type { Clouds } from './clouds.ts'
import { createSiteDoctor } from './doctor.ts'
import { verifyDriverFiles } from './driver-files.ts'
import type { Keys } from './keys.ts'
import type { Money } from './money.ts'
import { oneadminLogin } from './oneadmin-login.ts'
import { packageWarnings } from './repository-facts.ts'
import { siteInputs } from './site-inputs.ts'

export interface SiteApiParts {
  readonly config: Config
  readonly version: string
  /** This cloud's id, in every tag. */
  readonly cloud: string
  readonly own: OwnLogin
  readonly one: OpenNebula
  readonly documents: Documents
  readonly clouds: Clouds
  readonly lifecycle: Lifecycle
  readonly hosts: HostsPort
  readonly hub: Hub
  readonly fleet: Fleet
  readonly elastics: Elastics
  readonly flexibleIps: FlexibleIps
  readonly money: Money
  readonly keys: Keys
  readonly clock: Clock
  readonly logger: Logger
}

/** Somebody waits for the plan; who is slower has no say. */
const repositoryMs = 5_000

/** The REST API over the rooms of this controller. */
export function createSiteApi(parts: SiteApiParts): FastifyInstance {
  const { config, version, cloud, own, one, documents, clouds, lifecycle, hosts } = parts
  const { fleet, hub, elastics, flexibleIps, money, keys, clock, logger } = parts
  const driver = scalewayDriver({
    ...{ systemPath: config.driverPath, version },
    hypervisor: config.profile.hypervisor,
  })
  const inputsOf = siteInputs(config, documents)
  return createApi({
    ...{ documents, one, own, lifecycle, driver, clock, logger },
    stock: config.oneform.stock === null ? null : stockServer(config.oneform.stock),
    drivers: {
      ...createDriverStates(one),
      verify: () => verifyDriverFiles(config.driverPath),
    },
    checkConnection: (connection) => checkAccess(clouds.probe(connection)),
    parseInputs: inputsOf,
    preflight: sitePreflight(parts),
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
      ...{ one, client: clouds.client, cloud },
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
  })
}

function sitePreflight({ config, one, documents, clouds, hosts }: SiteApiParts): Preflight {
  return async (connection, values) => {
    const inputs = parseInputs(values)
    await hosts.ready(inputs.hypervisor)
    const ports = { scaleway: clouds.client(connection), one, provisions: documents.provisions }
    const [plan, warnings] = await Promise.all([
      preflight(ports, inputs),
      packageWarnings(config, one, inputs, repositoryMs),
    ])
    return { ...plan, warnings: [...plan.warnings, ...warnings] }
  }
}
