import type { ProvisionEvent, StepEvent } from '../provision/index.ts'

/** Shows what happens while a command waits. */
export interface Progress {
  show(event: ProvisionEvent): void
  /** Leaves the screen tidy; to be called once, whatever happened. */
  end(): Promise<void>
  /** Why the last step failed, if one did. */
  readonly failure: string | undefined
}

interface Waiting {
  readonly event: StepEvent
  readonly since: number
  told: boolean
}

/** What a step waits for is worth a line only when it goes on waiting for it. */
const worthALineMs = 1000
/** What will be created and what it costs is told, however quickly it passes. */
export const planning = 'PLANNING'
/** Nobody shall think that it hangs. */
const aliveEveryMs = 60_000

/**
 * For a screen that is not a terminal: one line for each thing that happens, with the time since the
 * command began to wait and the host it happens on. What a step waits for is told after a second;
 * when nothing happens for a minute, what is waited for is told again.
 */
export function plainProgress(
  screen: { write(text: string): unknown },
  now = () => performance.now(),
): Progress {
  const began = now()
  const waiting = new Map<string, Waiting>()
  let failure: string | undefined
  let written = began
  let state = ''
  const write = (text: string) => {
    written = now()
    const seconds = Math.floor((written - began) / 1000)
    screen.write(`[${String(seconds).padStart(4)} s] ${text}\n`)
  }
  const tellWaits = () => {
    const silent = now() - written >= aliveEveryMs
    for (const wait of waiting.values()) {
      const due = state === planning || now() - wait.since >= worthALineMs
      if (silent || (!wait.told && due)) {
        wait.told = true
        write(stepLine(wait.event, now() - wait.since))
      }
    }
  }
  const ticking = setInterval(tellWaits, worthALineMs / 4)
  return {
    show: (event) => {
      failure = failureOf(event) ?? failure
      if (event.kind === 'step') {
        waiting.delete(event.name)
        if (event.status === 'waiting') {
          waiting.set(event.name, { event, since: now(), told: false })
          tellWaits()
        } else if (event.status !== 'started') write(stepLine(event))
      }
      if (event.kind === 'state') {
        waiting.clear()
        state = event.state
        write(state)
      }
      // The log has its own command; here the steps tell enough.
      if (event.kind === 'log' && event.level === 'warn') write(inColumns('', event.text))
    },
    end: async () => clearInterval(ticking),
    get failure() {
      return failure
    },
  }
}

/** Why a step failed; undefined for every other event. */
export function failureOf(event: ProvisionEvent): string | undefined {
  if (event.kind !== 'step' || event.status !== 'failed') return undefined
  return event.detail === undefined ? event.name : `${event.name}: ${event.detail}`
}

/** `3 min 5 s`, rounded to what one wants to know. */
export function duration(ms: number): string {
  if (ms < 950) return `${Math.round(ms / 100) / 10} s`
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

function stepLine({ name, host, status, detail, elapsedMs }: StepEvent, waitedMs = 0): string {
  const step = host === undefined ? name : withoutHost(name, host)
  const about = detail === undefined ? '' : withoutHost(detail, host)
  if (status === 'waiting') {
    const long = waitedMs < aliveEveryMs / 2 ? '' : ` (for ${duration(waitedMs)})`
    return inColumns(host, `${step}: ${about || 'waiting'} …${long}`)
  }
  const took = elapsedMs === undefined ? '' : ` after ${duration(elapsedMs)}`
  return inColumns(host, `${step}: ${status}${took}${about && `: ${about}`}`)
}

function inColumns(host: string | undefined, text: string): string {
  return `  ${(host ?? '').padEnd(8)} ${text}`
}

/** The host has a column of its own. */
function withoutHost(text: string, host: string | undefined): string {
  if (host === undefined || !text.startsWith(host)) return text
  return text.slice(host.length).replace(/^:? +/, '') || text
}
