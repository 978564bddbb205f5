import type { StateName } from '../documents/index.ts'

export type StepStatus = 'started' | 'waiting' | 'done' | 'failed' | 'skipped'
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

interface Common {
  readonly provision: number
  /** Milliseconds since 1970. */
  readonly at: number
}

export interface StateEvent extends Common {
  readonly kind: 'state'
  readonly state: StateName
}

/** One step of the state's work; `waiting` repeats with a new detail as the wait goes on. */
export interface StepEvent extends Common {
  readonly kind: 'step'
  /** Unique within the state: "vpc", "host-1 installed". */
  readonly name: string
  /** The host whose pipeline it belongs to: "host-1". */
  readonly host?: string
  readonly status: StepStatus
  /** What it waits for, what it found, or why it failed. */
  readonly detail?: string
  /** Since the step started, in milliseconds. */
  readonly elapsedMs?: number
}

export interface LogEvent extends Common {
  readonly kind: 'log'
  readonly level: LogLevel
  readonly text: string
}

export type ProvisionEvent = StateEvent | StepEvent | LogEvent
type Bare<E> = E extends ProvisionEvent ? Omit<E, 'provision' | 'at'> : never
/** An event without provision and time, as the room's inner parts tell it. */
export type Happening = Bare<ProvisionEvent>

export type Listener = (event: ProvisionEvent) => void

export interface Events {
  emit(event: ProvisionEvent): void
  /** Every event of every provision from now on; answers how to stop listening. */
  subscribe(listener: Listener): () => void
}

/** Who listens must not stop who works: what a listener throws is only told. */
export function createEvents(onFailure: (error: unknown) => void = () => undefined): Events {
  const listeners = new Set<Listener>()
  return {
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event)
        } catch (error) {
          onFailure(error)
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
