import type { ProvisionEvent } from '../provision/index.ts'

/** Shows what happens while a command waits. */
export interface Progress {
  show(event: ProvisionEvent): void
  /** Leaves the screen tidy; to be called once, whatever happened. */
  end(): Promise<void>
  /** Why the last step failed, if one did. */
  readonly failure: string | undefined
}

/** One line for each thing that happens, with the time since the command began to wait. */
export function plainProgress(
  screen: NodeJS.WritableStream,
  now = () => performance.now(),
): Progress {
  const began = now()
  let failure: string | undefined
  return {
    show: (event) => {
      failure = failureOf(event) ?? failure
      const text = textOf(event)
      if (text === undefined) return
      const seconds = Math.floor((now() - began) / 1000)
      screen.write(`[${String(seconds).padStart(4)} s] ${text}\n`)
    },
    end: async () => {},
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

function textOf(event: ProvisionEvent): string | undefined {
  if (event.kind === 'state') return event.state
  // the log has its own command; here the steps tell enough
  if (event.kind === 'log') return event.level === 'warn' ? `  ${event.text}` : undefined
  const { name, status, detail, elapsedMs } = event
  const took =
    elapsedMs === undefined || status === 'started' ? '' : ` after ${duration(elapsedMs)}`
  const said = status === 'waiting' ? 'waiting' : `${status}${took}`
  return `  ${name}: ${said}${detail ? ` (${detail})` : ''}`
}
