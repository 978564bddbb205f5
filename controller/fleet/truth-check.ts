import type { FlexibleIps } from '../../ipam/flexible-ip/index.ts'
import { type Clock, coalesced } from '../../lib/clock/index.ts'
import { Fault, sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Hub } from '../hub/index.ts'
import type { AddressWorks } from './address-works.ts'
import type { Fleet } from './fleet.ts'
import { type AddressTruth, type Repair, type Truth, truthOf, type View } from './truth.ts'
import { createViewer } from './view.ts'

export interface TruthCheckOptions {
  readonly fleet: Fleet
  readonly flexibleIps: Pick<FlexibleIps, 'survey'>
  readonly works: AddressWorks
  readonly hub: Pick<Hub, 'session'>
  /** This controller's epoch: what agents say of an older one is not of its states. */
  readonly epoch: number
  /** Whether this controller may still act; throws when oned does not say. */
  readonly holds: () => Promise<boolean>
  /** Tells whoever follows a provision. */
  readonly tell: (provisionId: number, level: 'info' | 'warn', sentence: string) => void
  readonly clock: Clock
  readonly logger: Logger
}

/** What was found of a provision's addresses when they were looked at last. */
export interface AddressReport {
  /** Wall time in milliseconds since 1970; null before the first look. */
  readonly at: number | null
  readonly addresses: readonly AddressTruth[]
  /** What is wrong beside the addresses' own sentences. */
  readonly findings: readonly string[]
}

export interface TruthCheck {
  /**
   * One look at cloud, oned and hosts; resolves once its repairs are begun, to how they end. Throws
   * when oned or the cloud could not be read: then nothing is done.
   */
  round(): Promise<{ readonly truth: Truth; readonly repairs: Promise<void> }>
  report(provisionId: number): AddressReport
  /** A round each minute, the first soon. */
  start(): void
  close(): Promise<void>
}

const firstMs = 5_000
const everyMs = 60_000
/** What a killed controller left half done waits for agents to come back, for a while. */
const againMs = 15_000
const againTimes = 20

/**
 * Compares, each minute, where cloud, OpenNebula and hosts have each address, and repairs: the host's
 * part first, then the cloud's. A move that a dead controller left in the middle is finished by it.
 */
export function createTruthCheck(options: TruthCheckOptions): TruthCheck {
  const { fleet, works, clock, logger } = options
  const viewer = createViewer(options)
  const closing = new AbortController()
  const reports = new Map<number, AddressReport>()
  const told = new Map<number, ReadonlySet<string>>()
  const failures = new Map<string, string>()
  let before: ReadonlySet<string> = new Set()
  let running: Promise<void> = Promise.resolve()

  async function look() {
    const view = await viewer.view()
    const truth = truthOf(view)
    const actions = truth.addresses.flatMap(({ repair }) => repair ?? [])
    report(view, truth)
    if (actions.length === 0) return { truth, repairs: Promise.resolve() }
    if (!(await options.holds())) return { truth, repairs: Promise.resolve() }
    // What changed while all of it was read shows now.
    await fleet.refresh()
    const done = actions.filter(isStill).map(repair)
    return { truth, repairs: Promise.all(done).then(() => undefined) }
  }
  const round = coalesced(look)

  function isStill({ kind, place: { external, server } }: Repair): boolean {
    const claim = fleet.claims().find((one) => one.external === external)
    return kind === 'place' ? claim?.server === server : claim === undefined
  }

  async function repair({ kind, place }: Repair): Promise<void> {
    const { provisionId, external, server } = place
    const host = hostName(provisionId, server)
    try {
      if (kind === 'place') await works.place(place).placing.attached
      else await works.release(place)
      const sentence =
        kind === 'place'
          ? `${external} is attached to ${host}`
          : `${external} is taken from ${host}`
      failures.delete(external)
      say(provisionId, 'info', sentence)
    } catch (error) {
      if (error instanceof Fault && error.code === 'EDGE_ELASTIC_CALLED_OFF') return
      const sentence = `${external} is not put right: ${sentenceOf(error)}`
      if (failures.get(external) !== sentence) say(provisionId, 'warn', sentence)
      failures.set(external, sentence)
    }
  }

  /** What belongs to no address may be an order or a release that was just read half: seen twice, it counts. */
  function report(view: View, truth: Truth): void {
    const lasting = truth.findings.filter(({ sentence }) => before.has(sentence))
    before = new Set(truth.findings.map(({ sentence }) => sentence))
    for (const { id } of view.provisions) {
      const addresses = truth.addresses.filter(({ provisionId }) => provisionId === id)
      const findings = lasting.filter((one) => one.provisionId === id).map((one) => one.sentence)
      reports.set(id, { at: clock.now(), addresses, findings })
      const sentences = [...addresses.flatMap(({ sentence }) => sentence ?? []), ...findings]
      const known = told.get(id) ?? new Set()
      for (const sentence of sentences) if (!known.has(sentence)) say(id, 'warn', sentence)
      if (known.size > 0 && sentences.length === 0) say(id, 'info', 'All elastic addresses agree')
      told.set(id, new Set(sentences))
    }
    const wrong = new Set(truth.addresses.flatMap((one) => (one.repair ? [one.external] : [])))
    for (const external of failures.keys()) if (!wrong.has(external)) failures.delete(external)
    const ids = new Set(fleet.known().map(({ provisionId }) => provisionId))
    for (const id of reports.keys()) {
      if (ids.has(id)) continue
      reports.delete(id)
      told.delete(id)
    }
  }

  function say(provision: number, level: 'info' | 'warn', sentence: string): void {
    logger[level](sentence, { provision })
    options.tell(provision, level, sentence)
  }

  function hostName(provisionId: number, id: string): string {
    const servers = fleet.facts(provisionId)?.servers
    return servers?.find(({ server }) => server === id)?.publicAddress ?? id
  }

  async function watch(): Promise<void> {
    let silent = false
    let pauseMs = firstMs
    for (let rounds = 1; ; rounds++) {
      await clock.rest(pauseMs, closing.signal)
      pauseMs = everyMs
      try {
        const { truth } = await round()
        const wrong = truth.addresses.some((one) => one.repair !== null)
        if (wrong && rounds <= againTimes) pauseMs = againMs
        silent = false
      } catch (error) {
        const cause = sentenceOf(error)
        if (!silent) logger.warn('where elastic addresses are cannot be checked', { cause })
        silent = true
      }
    }
  }

  return {
    round,
    report: (id) => reports.get(id) ?? { at: null, addresses: [], findings: [] },
    start() {
      // Rejected only by the close.
      running = watch().catch(() => undefined)
    },
    async close() {
      closing.abort()
      await running
    },
  }
}
