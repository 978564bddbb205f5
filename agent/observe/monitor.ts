import type { Clock } from '../../lib/clock/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Exec } from '../exec/index.ts'

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

/**
 * Wakes the caller when links, routes, addresses or neighbours of the host change. Only a wake-up:
 * what changed is read anew, because `ip monitor` prints no JSON (iproute2 6.1) and may lose lines.
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

  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      const facts = await exec.follow(
        ['ip', 'monitor', 'link', 'neigh', 'route', 'address'],
        (line) => {
          if (isWorthWaking(line)) void wake()
        },
        signal,
      )
      if (signal.aborted) return
      logger.warn('ip monitor ended by itself', { code: facts.code, stderr: facts.stderr })
      await clock.sleep(restartMs, signal).catch(() => undefined)
    }
  }
  const following = follow()

  return {
    async close() {
      closing.abort()
      await following
    },
  }
}

/**
 * Neighbours come and go by themselves all the time; only those that somebody set are news. Routers
 * advertise IPv6 addresses and routes every few seconds, and nothing of ours is IPv6. An indented
 * line goes with the one before it.
 */
export function isWorthWaking(line: string): boolean {
  if (/^\s|\binet6\b/.test(line)) return false
  if (/ (REACHABLE|STALE|DELAY|PROBE|INCOMPLETE|FAILED|extern_learn)\b/.test(line)) return false
  return !/^(Deleted )?((local|multicast|anycast|unreachable) )?(default via )?[0-9a-f]*:[0-9a-f]*:/i.test(
    line,
  )
}
