import {
  createFlexibleIps,
  type FlexibleIpPorts,
  type FlexibleIps,
  type KnownRange,
} from '../../../ipam/flexible-ip/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { createScaleway, type Identity, type Scaleway } from '../../../lib/scaleway/index.ts'
import {
  createSimulator,
  type Simulator,
  simulatedKey,
  simulatedProject,
} from '../scaleway/index.ts'

const timeScale = 0.01
export const zone = 'fr-par-2'

/** A simulated cloud with two provisions, and what oned would say of their ranges. */
export interface Cloud {
  readonly sim: Simulator
  readonly scaleway: Scaleway
  readonly flexibleIps: FlexibleIps
  readonly ranges: KnownRange[]
  readonly creating: Set<number>
  /** Provisions whose provider cannot be read. */
  readonly hidden: Set<number>
  /** Provisions that are being undeployed. */
  readonly ending: Set<number>
  identity(provisionId: number): Identity
  /** Room objects of a controller started anew over the same cloud. */
  restart(): FlexibleIps
  /** Requests about flexible IPs so far, like `POST fips/attach`, newest last. */
  requests(): Promise<{ readonly what: string; readonly body: string }[]>
  /** Rules of the cloud's good customers that were broken. */
  violations(): Promise<unknown[]>
  fault(order: object): Promise<void>
  /** What DNS answers from now on, by host name. */
  names(names: Readonly<Record<string, string>>): Promise<void>
  /** Ids of delivered servers. */
  servers(count: number): Promise<string[]>
  /** Moves our own wall clock ahead. */
  later(ms: number): void
  close(): Promise<void>
}

export async function createCloud(): Promise<Cloud> {
  const sim = await createSimulator({ timeScale, jitter: 0, latency: false, foreignFips: 3 })
  const real = createClock({ scale: timeScale, patience: 0.1 })
  let ahead = 0
  const clock = { ...real, now: () => real.now() + ahead }
  const connection = {
    ...simulatedKey,
    projectId: simulatedProject,
    region: 'fr-par',
    zone,
    apiUrl: sim.url,
  }
  const scaleway = createScaleway(connection, { clock, logger: silent })
  const ranges: KnownRange[] = []
  const creating = new Set<number>()
  const hidden = new Set<number>()
  const ending = new Set<number>()
  const identity = (provisionId: number): Identity => ({
    cloud: 'c0000000-0000-4000-8000-000000000000',
    provision: `a0000000-0000-4000-8000-00000000000${provisionId}`,
    provisionId,
    userTags: { owner: 'ops', private: '100.64.0.0/31', handed_out: '1' },
  })
  const ports: FlexibleIpPorts = {
    async provision(id) {
      if (id === 1 || id === 2) return { identity: identity(id), scaleway, ending: ending.has(id) }
      throw new Fault('ONE_MISSING', 'missing', `There is no provision ${id}`)
    },
    provisions: async () => ({
      clouds: [1, 2]
        .filter((id) => !hidden.has(id))
        .map((id) => ({ identity: identity(id), scaleway, ending: ending.has(id) })),
      unknown: [...hidden],
    }),
    ranges: async () => ({ ranges: [...ranges], creating }),
    clock,
    logger: silent,
  }
  const admin = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${sim.url}/_sim${path}`, {
      method,
      ...(body
        ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
        : {}),
    })
    return (await answer.json()) as Record<string, unknown>
  }
  return {
    sim,
    scaleway,
    ranges,
    creating,
    hidden,
    ending,
    identity,
    flexibleIps: createFlexibleIps(ports),
    restart: () => createFlexibleIps(ports),
    async requests() {
      const { requests } = (await admin('GET', '/requests')) as {
        requests: { method: string; url: string; body: string }[]
      }
      return requests
        .filter(({ url }) => url.includes('/fips'))
        .map(({ method, url, body }) => ({
          what: `${method} ${/fips[^?]*/.exec(url)?.[0] ?? url}`,
          body,
        }))
    },
    async violations() {
      return (await admin('GET', '/violations'))['violations'] as unknown[]
    },
    async fault(order) {
      await admin('POST', '/faults', order)
    },
    async names(names) {
      await admin('PUT', '/names', names)
    },
    async servers(count) {
      const { offers } = await scaleway.baremetal.listOffers({ subscriptionPeriod: 'hourly' })
      const offer = offers.find(({ name }) => name === 'EM-A116X-SSD')
      const ids: string[] = []
      for (let made = 0; made < count; made++) {
        const server = await scaleway.baremetal.createServer({
          offerId: offer?.id ?? '',
          name: `s${made}`,
          description: '',
          tags: [],
          protected: false,
        })
        await sim.clock.advance(3_600_000)
        ids.push(server.id)
      }
      return ids
    },
    later(ms) {
      ahead += ms
    },
    close: () => sim.close(),
  }
}
