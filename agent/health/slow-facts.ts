import type { Clock } from '../../lib/clock/index.ts'
import type { HostReport, HostSpec, PeerPath } from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Exec } from '../exec/index.ts'
import { isClockSynchronised } from './clock-state.ts'
import { createNicFinder, readNics } from './nics.ts'
import { createUnderlay, peersOf } from './underlay.ts'
import { readVersions } from './versions.ts'

export interface SlowOptions {
  readonly clock: Clock
  readonly exec: Exec
  readonly logger: Logger
  readonly frrRunDirectory: string
  readonly devices: string
  readonly spec: () => HostSpec | null
}

/** What takes processes, or a look at every device, and changes seldom. */
export interface SlowFacts {
  readonly versions: Omit<HostReport['versions'], 'agent'>
  readonly clockSynchronised: boolean | null
  readonly nics: readonly string[]
  /** By device: receive and transmit errors within the minute before. */
  readonly nicErrors: ReadonlyMap<string, number>
}

export interface SlowWatch {
  /** The facts of the last look; waits for the first. */
  facts(): Promise<SlowFacts>
  paths(): PeerPath[]
  /** Why the underlay could not be measured. */
  trouble(): string | null
  close(): Promise<void>
}

const tickMs = 5000
/** Each minute. */
const ticksPerLook = 12
/** A host that boots, or comes back, is seen this soon. */
const ticksPerSilence = 3

/** Looks each minute, in the background: no report waits for a ping. */
export function watchSlowly(options: SlowOptions): SlowWatch {
  const { clock, logger } = options
  const closing = new AbortController()
  const { signal } = closing
  const underlay = createUnderlay(options.exec, clock)
  const gather = createGatherer(options)
  let facts = gather()
  let trouble: string | null = null

  const measure = async (spec: HostSpec, which: 'turn' | 'silent'): Promise<void> => {
    try {
      await underlay.measure(spec, which, signal)
      trouble = null
    } catch (error) {
      trouble = sentenceOf(error)
    }
  }
  const work = async (): Promise<void> => {
    let measured = ''
    for (let tick = 1; !signal.aborted; tick++) {
      await facts.catch((error) => logger.warn(`Facts are missing: ${sentenceOf(error)}`))
      const spec = options.spec()
      const subject = spec === null ? '' : subjectOf(spec)
      const isTurn = tick % ticksPerLook === 0 || subject !== measured
      if (spec && (isTurn || tick % ticksPerSilence === 0))
        await measure(spec, isTurn ? 'turn' : 'silent')
      measured = subject
      await clock.sleep(tickMs, signal).catch(() => undefined)
      if (tick % ticksPerLook === 0) facts = gather()
    }
  }
  const working = work()

  return {
    facts: () => facts,
    paths: underlay.paths,
    trouble: () => trouble,
    close: async () => {
      closing.abort()
      await working
    },
  }
}

/** What a measurement depends on; another one does not wait for the minute. */
function subjectOf(spec: HostSpec): string {
  return [spec.underlay.mtu, spec.underlay.address, ...peersOf(spec)].join(' ')
}

function createGatherer({ exec, devices, frrRunDirectory }: SlowOptions): () => Promise<SlowFacts> {
  const findNics = createNicFinder(devices)
  let before: ReadonlyMap<string, number> = new Map()
  return async () => {
    const [versions, clockSynchronised, nics] = await Promise.all([
      readVersions(exec, frrRunDirectory),
      isClockSynchronised(),
      findNics().catch(() => []),
    ])
    const counters = await readNics(devices, nics)
    const errors = new Map(counters.map((nic) => [nic.name, nic.rxErrors + nic.txErrors]))
    const since = ([name, count]: [string, number]): [string, number] => [
      name,
      Math.max(0, count - (before.get(name) ?? count)),
    ]
    const nicErrors = new Map([...errors].map(since))
    before = errors
    return { versions, clockSynchronised, nics, nicErrors }
  }
}
