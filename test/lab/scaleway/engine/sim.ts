import type { World } from '../world.ts'
import type { Chance } from './chance.ts'
import type { SimClock } from './clock.ts'
import type { Config } from './config.ts'
import type { Faults } from './faults.ts'
import type { Journal } from './journal.ts'
import type { Ledger } from './ledger.ts'
import type { Store } from './store.ts'

/** What every room of the simulator works with. */
export interface Sim {
  readonly config: Config
  readonly clock: SimClock
  readonly chance: Chance
  readonly store: Store
  readonly world: World
  readonly faults: Faults
  readonly journal: Journal
  readonly ledger: Ledger
}

/**
 * Awaits an effect in the world. True when it is there; false, with a note, when the world refused.
 * Never throws: callers turn false into the resource's error state.
 */
export async function happened(sim: Sim, what: string, effect: Promise<void>): Promise<boolean> {
  try {
    await effect
    return true
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    sim.journal.note({ rule: 'world', severity: 'warn', what: `${what}: ${reason}` })
    return false
  }
}
