import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { AdoptionPlan } from '../../../controller/adopt/index.ts'
import {
  createApi,
  createProvisionLogs,
  type OwnLogin,
  type PlannedProvision,
  type Preflight,
  type StockServer,
  scalewayDriver,
} from '../../../controller/api/index.ts'
import type { Finding } from '../../../controller/doctor/index.ts'
import {
  createDocuments,
  createDriverStates,
  type Documents,
  type ProviderConnection,
} from '../../../controller/documents/index.ts'
import type { AddressReport, FleetHealth } from '../../../controller/fleet/index.ts'
import type { Leak, LeakReport, Release } from '../../../controller/leaks/index.ts'
import { createEvents, type Events } from '../../../controller/provision/events.ts'
import type { Ending, Unmanaged } from '../../../controller/provision/index.ts'
import { inputValues, parseInputs } from '../../../controller/provision/inputs.ts'
import { type Cost, sumOf } from '../../../controller/scaleway/index.ts'
import { type Clock, createClock } from '../../../lib/clock/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import { type Logger, silent } from '../../../lib/log/index.ts'
import { type MemoryOpenNebula, memoryOpenNebula } from '../documents/memory-opennebula.ts'
import { watchAnswers } from './described.ts'

export interface Bench {
  readonly app: FastifyInstance
  readonly one: MemoryOpenNebula
  readonly documents: Documents
  readonly events: Events
  /** What the lifecycle was asked for: "create 5", "undeploy 5 forced". */
  readonly asked: string[]
  /** What work does besides being noted; tests of the command line let it emit events. */
  readonly play: { create?: Play; undeploy?: Play; retry?: Play; change?: Play } & {
    /** What the work that is waited for does, and how it ends. */
    idle?: (id: number) => Promise<Ending | undefined>
    /** What a change is refused with. */
    refusal?: Fault
    /** What of the driver's files OpenNebula would not find. */
    missing?: string
  }
  /** Connections the cloud was asked to check. */
  readonly checked: unknown[]
  /** What was found of elastic addresses, by provision. */
  readonly reports: Map<number, AddressReport | Fault>
  /** How hosts are, by provision. */
  readonly fleets: Map<number, FleetHealth>
  /** What taking over a stock provision would be, by provision. */
  readonly adoptions: Map<number, AdoptionPlan | Fault>
  /** What a look for leaks finds. */
  readonly leaks: { report: LeakReport; releases: Release[] }
  /** What provisions have at the cloud, by provision. */
  readonly costs: Map<number, Cost | Fault>
  /** What others keep on provisions. */
  readonly unmanaged: Map<number, Unmanaged>
  /** What the controller finds of its own set-up. */
  readonly examination: { version: string; findings: Finding[] }
  readonly logDirectory: string
  /** Answers that are not as their route is described. */
  readonly differences: readonly string[]
  /** Moves the clock that the login's short memory goes by. */
  advance(ms: number): void
}

type Play = (id: number) => Promise<void>

export const refusedKey = '99999999-9999-4999-8999-999999999999'

/** An instance type that the cloud does not sell. */
export const unsoldType = 'em_z999x_nvme'

/** One that is out of stock. */
export const emptyType = 'em_empty_nvme'

const price = (perHour: number, source: string) => ({
  ...{ perHour, perMonth: perHour * 730, once: 0, currency: 'EUR', source },
})

/** What the cloud would give for any other request. */
const plan: PlannedProvision = {
  zone: 'fr-par-2',
  parts: [
    { kind: 'vpc', what: 'VPC', count: 1, price: price(0, 'free') },
    { kind: 'server', what: 'EM-A116X-SSD', count: 2, price: price(0.2, 'Scaleway’s offer') },
    { kind: 'gateway', what: 'public gateway', count: 1, price: undefined },
  ],
  total: { ...price(0.2, 'Scaleway’s offer'), once: 12, complete: false },
  warnings: ['EM-A116X-SSD runs out'],
}

const answered: Preflight = async (_connection, values) => {
  if (values['instance_type'] === unsoldType)
    throw new Fault('EDGE_OFFER_UNKNOWN', 'invalid', `Nobody sells ${unsoldType}`)
  if (values['instance_type'] === emptyType)
    throw new Fault('EDGE_OFFER_EMPTY', 'exhausted', `No ${emptyType} is left`)
  return plan
}

export interface BenchOptions {
  readonly preflight?: Preflight
  readonly stock?: StockServer | null
  /** The login that is known whatever oned says; nobody's unless given. */
  readonly own?: OwnLogin
  readonly logger?: Logger
  /** What else happens while the cloud is asked about keys. */
  readonly checking?: (connection: ProviderConnection) => Promise<void>
  /** Factor on every pause. */
  readonly scale?: number
}

/** The whole API over an OpenNebula in memory and a lifecycle that only notes what it was asked. */
export function bench(options: BenchOptions = {}): Bench {
  const { preflight = answered, own, logger = silent, scale = 1, stock = null } = options
  const one = memoryOpenNebula()
  const documents = createDocuments(one, { master: Buffer.alloc(32, 1) })
  const events = createEvents()
  const asked: string[] = []
  const checked: unknown[] = []
  const play: Bench['play'] = {}
  const reports: Bench['reports'] = new Map()
  const unmanaged = new Map<number, Unmanaged>()
  const costs = new Map<number, Cost | Fault>()
  const fleets: Bench['fleets'] = new Map()
  const adoptions: Bench['adoptions'] = new Map()
  const leaks: Bench['leaks'] = {
    report: { atMs: 1_700_000_000_500, leaks: [], watched: [], unlooked: [] },
    releases: [],
  }
  const examination: Bench['examination'] = { version: '1.0.0', findings: [] }
  const logDirectory = mkdtempSync(join(tmpdir(), 'edgectl-logs-'))
  let offset = 0
  const real = createClock({ scale })
  const clock: Clock = { ...real, elapsed: () => real.elapsed() + offset }
  const changed = async (id: number, what: string) => {
    if (play.refusal) throw play.refusal
    asked.push(what)
    void play.change?.(id)
  }
  const app = createApi({
    ...{ documents, one, events, clock, logger },
    ...(own ? { own } : {}),
    driver: scalewayDriver({ systemPath: '/usr/lib/edgectl/driver', version: '1.0.0' }),
    drivers: {
      ...createDriverStates(one),
      verify: async () => {
        if (play.missing) throw new Fault('EDGE_DRIVER_FILES', 'broken', play.missing)
      },
    },
    parseInputs: async (values) => inputValues(parseInputs(values)),
    checkConnection: async (connection) => {
      checked.push(connection)
      await options.checking?.(connection)
      if (connection.secret_key === refusedKey) {
        throw new Fault('SCALEWAY_DENIED', 'denied', 'Scaleway refuses this key')
      }
    },
    preflight,
    stock,
    logs: createProvisionLogs(logDirectory, clock),
    addresses: {
      report(id) {
        const report = reports.get(id) ?? { at: null, addresses: [], findings: [] }
        if (report instanceof Fault) throw report
        return report
      },
      async setReverse({ provisionId, external, name }) {
        asked.push(`reverse ${provisionId} ${external} ${name}`)
        if (name === 'elsewhere.example.com') {
          const message = 'reverse must_resolve to the IP'
          throw new Fault('EDGE_CLOUD_INVALID', 'invalid', 'Scaleway refuses', { answer: message })
        }
        return name ?? '1-2-3-4.rev.example.com.'
      },
    },
    leaks: {
      look: async () => leaks.report,
      releases: () => leaks.releases,
      release(chosen: readonly Leak[]) {
        asked.push(`release ${chosen.map(({ id }) => id).join(' ')}`)
        for (const { id, providers } of chosen)
          leaks.releases.push({ id, providers, outcome: 'released', sentence: 'It is gone' })
      },
    },
    fleet: (id) => fleets.get(id) ?? { hosts: [], refusals: [] },
    adoption: {
      async plan({ document: { id }, providers, providerId }) {
        const plan = adoptions.get(id)
        if (plan === undefined || plan instanceof Fault)
          throw plan ?? new Fault('EDGE_ADOPT_OTHER', 'conflict', `${id} is no stock provision`)
        asked.push(`adopt ${id} with one of ${providers.map((one) => one.id)}, ${providerId}`)
        return plan
      },
      async begin({ document: { id }, digest }) {
        const plan = adoptions.get(id)
        if (plan === undefined || plan instanceof Fault)
          throw plan ?? new Fault('EDGE_ADOPT_OTHER', 'conflict', `${id} is no stock provision`)
        asked.push(`take ${id} over as ${digest}`)
        return plan
      },
    },
    doctor: async () => examination,
    async cost(id) {
      const cost = costs.get(id) ?? { items: [], total: sumOf([]), unread: [] }
      if (cost instanceof Fault) throw cost
      return cost
    },
    lifecycle: {
      create: async (id) => {
        asked.push(`create ${id}`)
        void play.create?.(id)
      },
      undeploy: async (id, { force }) => {
        asked.push(`undeploy ${id}${force ? ' forced' : ''}`)
        void play.undeploy?.(id)
      },
      unmanaged: async (id) => unmanaged.get(id) ?? {},
      retry: async (id, { giveUp, force }) => {
        const how = `${giveUp ? ' without what has not come' : ''}${force ? ' forced' : ''}`
        asked.push(`retry ${id}${how}`)
        void play.retry?.(id)
      },
      change: {
        addHosts: (id, amount) => changed(id, `add ${amount} hosts to ${id}`),
        removeHosts: (id, leavers, guests) =>
          changed(id, `remove hosts of ${id}: ${JSON.stringify(leavers)}, ${guests}`),
        replaceHost: (id, host, guests) => changed(id, `replace host ${host} of ${id}, ${guests}`),
        addAddresses: (id, amount) => changed(id, `add ${amount} addresses to ${id}`),
        removeAddress: (id, range) => changed(id, `remove range ${range} of ${id}`),
      },
      idle: async (id) => await play.idle?.(id),
    },
  })
  const differences = watchAnswers(app)
  const advance = (ms: number) => {
    offset += ms
  }
  return {
    app,
    one,
    documents,
    events,
    asked,
    play,
    checked,
    reports,
    fleets,
    adoptions,
    leaks,
    costs,
    examination,
    unmanaged,
    logDirectory,
    differences,
    advance,
  }
}

export const basic = (session = 'oneadmin:opennebula') => ({
  authorization: `Basic ${Buffer.from(session).toString('base64')}`,
})

export interface Recorded {
  readonly status: number
  readonly type: string | undefined
  readonly text: string
}

/** A recorded answer of the stock OneForm server. */
export function recorded(name: string): Recorded {
  const file = new URL(`../../recorded/oneform/${name}.txt`, import.meta.url)
  const [head = '', ...body] = readFileSync(file, 'utf8').split(/\r?\n\r?\n/)
  return {
    status: Number(head.split(' ')[1]),
    type: /content-type: (.*)/i.exec(head)?.[1]?.trim(),
    text: body.join('\n\n').trim(),
  }
}

/** Keys and types of a JSON value, leaving out what `skip` names: what must match a recording. */
export function shape(value: unknown, skip: readonly string[] = []): unknown {
  if (Array.isArray(value)) return 'array'
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      skip.includes(key) ? 'skipped' : shape(inner, skip),
    ]),
  )
}
