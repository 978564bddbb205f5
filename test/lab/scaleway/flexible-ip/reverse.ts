import type { Sim } from '../engine/sim.ts'
import { invalidArgument } from '../transport/errors.ts'
import type { PoolRecord } from './model.ts'
import { reverseOf } from './pool.ts'

/** A name must resolve to the address before it is taken; an empty one gives Scaleway's own back. */
export function reverseAsked(sim: Sim, record: PoolRecord, asked: string): string {
  if (asked === '') return reverseOf(record)
  const name = asked.replace(/\.$/, '').toLowerCase()
  if (sim.store.names.get(name) === record.ip_address) return `${name}.`
  throw invalidArgument('reverse', 'constraint', 'reverse must_resolve to the IP')
}
