import type { Hub } from '../../../controller/hub/index.ts'
import type { Clock } from '../../../lib/clock/index.ts'
import type { HostReport, HostSpec } from '../../../lib/contract/index.ts'
import { Fault } from '../../../lib/fault/index.ts'

/** The agents of some hosts, which outlive controllers: each takes the newest state after a moment. */
export interface QuickAgents {
  /** What a host has applied; undefined before the first. */
  applied(server: string): HostSpec | undefined
  /** Servers whose host maps this address now. */
  mapping(external: string): string[]
  /** Hosts that take nothing and say nothing. */
  readonly down: Set<string>
  /** The hub of one controller. */
  hub(): Pick<Hub, 'setSpec' | 'waitApplied' | 'session'>
}

interface QuickAgentsOptions {
  readonly clock: Clock
  /** How long a host takes for a new state, in simulated milliseconds. */
  readonly appliesMs: number
  /** Whether the VM of this port runs on the server. */
  readonly isPlugged: (server: string, port: string) => boolean
}

export function createQuickAgents({
  clock,
  appliesMs,
  isPlugged,
}: QuickAgentsOptions): QuickAgents {
  const wanted = new Map<string, HostSpec>()
  const applied = new Map<string, HostSpec>()
  const down = new Set<string>()

  async function apply(server: string, spec: HostSpec): Promise<void> {
    await clock.sleep(appliesMs)
    if (!down.has(server) && wanted.get(server) === spec) applied.set(server, spec)
  }

  return {
    down,
    applied: (server) => applied.get(server),
    mapping: (external) =>
      [...applied]
        .filter(([, { elastics }]) => elastics.some((one) => one.external === external))
        .map(([server]) => server),
    hub: () => ({
      setSpec(server, spec) {
        const before = wanted.get(server)
        if (before && !isNewer(spec, before)) return
        wanted.set(server, spec)
        void apply(server, spec)
      },
      async waitApplied(server, epoch, generation, { withinMs, signal }) {
        const until = clock.elapsed() + clock.patience(withinMs)
        while (true) {
          signal?.throwIfAborted()
          const spec = applied.get(server)
          if (spec?.epoch === epoch && spec.generation >= generation) {
            const done = { epoch, generation: spec.generation, ok: true, steps: 1, faults: [] }
            return { type: 'applied', ...done }
          }
          if (clock.elapsed() > until) {
            throw new Fault('EDGE_SPEC_NOT_APPLIED', 'broken', `${server} did not take its state`)
          }
          await clock.sleep(100)
        }
      },
      session(server) {
        const spec = applied.get(server)
        if (!spec) return undefined
        const { epoch, generation } = spec
        const elastics = spec.elastics.map(({ external, port }) => {
          return { external, port, armed: isPlugged(server, port), traffic: null }
        })
        return {
          ...{ server, connected: !down.has(server), lastSeen: clock.now(), agent: 'quick' },
          applied: { type: 'applied', epoch, generation, ok: true, steps: 1, faults: [] },
          report: { generation, elastics } as unknown as HostReport,
        }
      },
    }),
  }
}

function isNewer(a: HostSpec, b: HostSpec): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.generation > b.generation)
}
