import { EventEmitter, once } from 'node:events'
import type { Clock } from '../../lib/clock/index.ts'
import type { Applied, HostReport, HostSpec } from '../../lib/contract/index.ts'
import { fault } from './faults.ts'
import type { Hub, SessionState, Wait } from './hub.ts'

/** What is known of each server, and who waits for it to change. */
export interface Books
  extends Pick<Hub, 'waitEnrolled' | 'waitApplied' | 'onReport' | 'onChange' | 'forget'> {
  connected(server: string, agent: string): void
  disconnected(server: string): void
  heard(server: string): void
  applied(server: string, applied: Applied): void
  reported(server: string, report: HostReport): void
  /** Remembers a spec; false when it is not newer than the one remembered. */
  setSpec(server: string, spec: HostSpec): boolean
  specOf(server: string): HostSpec | undefined
  all(): SessionState[]
  one(server: string): SessionState | undefined
}

interface Events {
  change: [SessionState]
  report: [string, HostReport]
}

export function createBooks(clock: Clock): Books {
  const states = new Map<string, SessionState>()
  const specs = new Map<string, HostSpec>()
  const events = new EventEmitter<Events>().setMaxListeners(0)

  const write = (server: string, change: Partial<SessionState>): SessionState => {
    const state = { ...(states.get(server) ?? blank(server)), ...change, lastSeen: clock.now() }
    states.set(server, state)
    return state
  }
  const announce = (state: SessionState) => events.emit('change', state)
  const until = async (done: () => boolean, wait: Wait): Promise<boolean> => {
    const patience = AbortSignal.timeout(Math.ceil(clock.patience(wait.withinMs)))
    const signal = wait.signal ? AbortSignal.any([wait.signal, patience]) : patience
    while (!done()) {
      try {
        await once(events, 'change', { signal })
      } catch {
        wait.signal?.throwIfAborted()
        return done()
      }
    }
    return true
  }

  return {
    connected: (server, agent) => announce(write(server, { connected: true, agent })),
    disconnected: (server) => announce(write(server, { connected: false })),
    heard: (server) => void write(server, {}),
    applied: (server, applied) => announce(write(server, { applied })),
    reported: (server, report) => {
      write(server, { report })
      events.emit('report', server, report)
    },
    setSpec: (server, spec) => {
      const held = specs.get(server)
      if (held && !isNewer(spec, held)) return false
      specs.set(server, spec)
      return true
    },
    specOf: (server) => specs.get(server),
    forget: (server) => {
      specs.delete(server)
      states.delete(server)
    },
    all: () => [...states.values()],
    one: (server) => states.get(server),
    onReport: (listener) => {
      events.on('report', listener)
      return () => void events.off('report', listener)
    },
    onChange: (listener) => {
      events.on('change', listener)
      return () => void events.off('change', listener)
    },
    waitEnrolled: async (server, wait) => {
      if (await until(() => states.get(server)?.connected === true, wait)) return
      throw fault('EDGE_AGENT_ABSENT', `The agent of server ${server} did not log in`)
    },
    waitApplied: async (server, epoch, generation, wait) => {
      const settled = () => {
        const applied = states.get(server)?.applied
        return applied?.ok === true && applied.epoch === epoch && applied.generation >= generation
      }
      const inTime = await until(settled, wait)
      const applied = states.get(server)?.applied ?? null
      if (inTime && applied) return applied
      throw notApplied(server, generation, applied)
    },
  }
}

function blank(server: string): SessionState {
  return { server, connected: false, lastSeen: null, agent: null, applied: null, report: null }
}

function isNewer(a: HostSpec, b: HostSpec): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.generation > b.generation)
}

function notApplied(server: string, generation: number, applied: Applied | null) {
  const answer = applied === null ? 'nothing was heard' : applied.faults.join('; ')
  return fault('EDGE_SPEC_NOT_APPLIED', `Server ${server} did not reach generation ${generation}`, {
    ...(answer === '' ? {} : { answer }),
  })
}
