import type { Document, Documents, ProviderBody, ProvisionBody } from '../documents/index.ts'
import type { Impatience } from './impatience.ts'

/**
 * What the stock elastic driver reads before it does anything, while a virtual machine and one of
 * oned's few driver threads wait for it: answered soon, whatever keeps oned.
 */
export interface Prompt {
  provider(id: number): Promise<Document<ProviderBody>>
  provision(id: number): Promise<Document<ProvisionBody>>
  /** All there are, whosever they are. */
  provisions(): Promise<readonly Document<ProvisionBody>[]>
}

/** Reads as the asker may; with impatience, for OpenNebula's own login only, from memory in time. */
export function promptOf(asker: Documents, all: Documents, impatience?: Impatience): Prompt {
  const inTime: Impatience = impatience ?? ((asked) => asked)
  return {
    provider: (id) => inTime(asker.providers.get(id), () => asker.providers.recall(id)),
    provision: (id) => inTime(asker.provisions.get(id), () => asker.provisions.recall(id)),
    provisions: () => inTime(all.provisions.list(), all.provisions.recallAll),
  }
}
