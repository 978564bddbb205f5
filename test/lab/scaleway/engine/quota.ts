import { quotasExceeded } from '../transport/errors.ts'
import type { Sim } from './sim.ts'

/** Refuses one more of something when the organization has its limit already. */
export function needQuota(sim: Sim, name: string, current: number, more = 1): void {
  const limit = sim.store.quotas.get(name)
  if (limit !== undefined && current + more > limit) throw quotasExceeded(name, limit, current)
}
