import type { AttachRequest, FlexibleIps } from '../../ipam/flexible-ip/index.ts'
import type { Clock } from '../../lib/clock/index.ts'
import { fleetFault } from './faults.ts'

/** An address, and the server it shall be on. */
export type Place = AttachRequest

/** Work that brings an address to a server. */
export interface Placing {
  /** Resolves when it is there; rejects at a refusal, and when it is called off. */
  readonly attached: Promise<void>
  /** When the cloud was first seen to work on it, by the clock's `elapsed`; undefined before. */
  acceptedAt(): number | undefined
  /** What is in the way for now. */
  trouble(): unknown
}

export interface WorksOptions {
  readonly flexibleIps: Pick<FlexibleIps, 'attach' | 'detach'>
  /** Resolves when the server's host has taken its newest state, the address' mapping included. */
  readonly settle: (place: Place, signal: AbortSignal) => Promise<void>
  readonly clock: Pick<Clock, 'elapsed'>
}

/**
 * All work on elastic addresses, one at a time for each, whoever asks: the driver, the look ahead of
 * it, or the truth check. So they join or follow each other and never pull an address to and fro.
 */
export interface AddressWorks {
  /** Joins the work under way to this place, or begins it after calling off what is under way. */
  place(place: Place): { readonly placing: Placing; readonly joined: boolean }
  /** Takes the address from this server. On its way to another one it is left alone. */
  release(place: Place): Promise<void>
  /** Calls off what brings addresses to places where nobody wants them any more. */
  retain(wanted: (place: Place) => boolean): void
  underWay(external: string): boolean
  /** Calls off everything; what the cloud has accepted goes on there. */
  close(): void
}

interface Line {
  readonly place: Place
  readonly stop: AbortController
  readonly ended: Promise<unknown>
  /** Undefined while the address is being taken away. */
  readonly placing: Placing | undefined
}

export function createAddressWorks({ flexibleIps, settle, clock }: WorksOptions): AddressWorks {
  const lines = new Map<string, Line>()

  function follow(
    place: Place,
    run: (signal: AbortSignal) => Promise<void>,
    placing?: Omit<Placing, 'attached'>,
  ): Promise<void> {
    const before = lines.get(place.external)
    before?.stop.abort(calledOff(place.external))
    const stop = new AbortController()
    const ended = (before?.ended ?? Promise.resolve())
      // How the one before ended is told to who asked for it.
      .catch(() => undefined)
      .then(() => {
        stop.signal.throwIfAborted()
        return run(stop.signal)
      })
      .finally(() => {
        if (lines.get(place.external) === line) lines.delete(place.external)
      })
    const line: Line = {
      ...{ place, stop, ended },
      placing: placing && { ...placing, attached: ended },
    }
    lines.set(place.external, line)
    ended.catch(() => undefined)
    return ended
  }

  function begin(place: Place): Placing {
    let acceptedAt: number | undefined
    let trouble: unknown
    const facts = { acceptedAt: () => acceptedAt, trouble: () => trouble }
    const watch = {
      accepted: () => {
        acceptedAt ??= clock.elapsed()
      },
      trouble: (error: unknown) => {
        trouble = error
      },
    }
    const attached = follow(
      place,
      async (signal) => {
        // The mapping first: an address that arrives unmapped would be answered by the host itself.
        await settle(place, signal)
        signal.throwIfAborted()
        await flexibleIps.attach(place, { ...watch, signal })
      },
      facts,
    )
    return { ...facts, attached }
  }

  return {
    place(place) {
      const line = lines.get(place.external)
      if (line?.placing && isSame(line.place, place) && !line.stop.signal.aborted) {
        return { placing: line.placing, joined: true }
      }
      return { placing: begin(place), joined: false }
    },
    async release(place) {
      const line = lines.get(place.external)
      if (line && line.place.server !== place.server) return
      if (line && !line.placing) await line.ended
      else await follow(place, () => flexibleIps.detach(place))
    },
    retain(wanted) {
      for (const { place, placing, stop } of lines.values()) {
        if (placing && !wanted(place)) stop.abort(calledOff(place.external))
      }
    },
    underWay: (external) => lines.has(external),
    close() {
      for (const { place, stop } of lines.values()) stop.abort(calledOff(place.external))
    },
  }
}

function isSame(a: Place, b: Place): boolean {
  return a.server === b.server && a.ip === b.ip && a.provisionId === b.provisionId
}

function calledOff(external: string): Error {
  return fleetFault('EDGE_ELASTIC_CALLED_OFF', `${external} is wanted elsewhere by now`)
}
