import type { Clock } from '../../lib/clock/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Exec } from '../exec/index.ts'
import { protocol } from '../host/index.ts'
import { hearNft } from './hear-nft.ts'

export interface MonitorOptions {
  readonly exec: Exec
  readonly clock: Clock
  readonly logger: Logger
  /** Called once per burst of kernel events; never twice at the same time by one burst. */
  readonly onChange: () => void
}

export interface Monitor {
  close(): Promise<void>
}

/** A burst of events (a VM starting makes dozens) is one wake-up. */
const debounceMs = 50
const restartMs = 1000

interface Source {
  readonly argv: readonly string[]
  readonly isWorthWaking: (line: string) => boolean
}

/**
 * `all-nsid`: also of what happens inside router namespaces, which a veth connects with the host.
 * Of settings only forwarding and filtering are told (`netconf`); the rest is found by the look that
 * comes anyway.
 */
const sources: readonly Source[] = [
  {
    argv: ['ip', 'monitor', 'link', 'neigh', 'route', 'address', 'rule', 'netconf', 'all-nsid'],
    isWorthWaking,
  },
  { argv: hearNft(), isWorthWaking: () => true },
]

/**
 * Wakes the caller when links, routes, rules, addresses, neighbours, forwarding entries or our nft
 * tables change. Only a wake-up: what changed is read anew, because `ip monitor` prints no JSON
 * (iproute2 6.1) and may lose lines.
 */
export function watchKernel({ exec, clock, logger, onChange }: MonitorOptions): Monitor {
  const closing = new AbortController()
  const { signal } = closing
  let pending = false

  const wake = async (): Promise<void> => {
    if (pending) return
    pending = true
    try {
      await clock.sleep(debounceMs, signal)
    } catch {
      return
    } finally {
      pending = false
    }
    onChange()
  }

  const follow = async (source: Source): Promise<void> => {
    while (!signal.aborted) {
      const facts = await exec.follow(
        source.argv,
        (line) => {
          if (source.isWorthWaking(line)) void wake()
        },
        signal,
      )
      if (signal.aborted) return
      logger.warn(`${source.argv[0]} monitor ended by itself`, {
        code: facts.code,
        stderr: facts.stderr,
      })
      await clock.sleep(restartMs, signal).catch(() => undefined)
      // What happened meanwhile was told to nobody.
      if (!signal.aborted) void wake()
    }
  }
  const following = Promise.all(sources.map(follow))

  return {
    async close() {
      closing.abort()
      await following
    },
  }
}

/** An entry of ours that is deleted counts as failed first. */
const ours = new RegExp(` proto ${protocol}\\b`)

/**
 * Neighbours come and go by themselves all the time; only those that somebody set are news. Routers
 * advertise IPv6 addresses and routes every few seconds, and nothing of ours is IPv6. An indented
 * line goes with the one before it.
 */
export function isWorthWaking(told: string): boolean {
  const line = told.replace(/^\[nsid \w+\]/, '')
  if (/^\s|\binet6\b/.test(line)) return false
  if (ours.test(line)) return true
  if (/ (REACHABLE|STALE|DELAY|PROBE|INCOMPLETE|FAILED|extern_learn)\b/.test(line)) return false
  return !/^(Deleted )?((local|multicast|anycast|unreachable) )?(default via )?[0-9a-f]*:[0-9a-f]*:/i.test(
    line,
  )
}
