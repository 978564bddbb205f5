import type { Network } from '../opennebula/index.ts'

/** Collects what a tenant asked for and cannot have, one sentence each. */
export type Refuse = (sentence: string) => void

/** How a network is named in such a sentence. */
export function nameOf({ id, name }: Pick<Network, 'id' | 'name'>): string {
  return `network ${id} (${name})`
}
