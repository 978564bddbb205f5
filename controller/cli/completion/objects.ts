import type { Client } from '../client.ts'

/** A key at the prompt waits for this. */
const withinMs = 1_500

interface Named {
  readonly ID: string
  readonly NAME: string
}

/** Ids and names of what the controller has, a line each; nothing when it does not answer at once. */
export async function objectLines(
  open: () => Client,
  what: 'providers' | 'provisions',
): Promise<string[]> {
  try {
    const waiting = { signal: AbortSignal.timeout(withinMs) }
    const all = await open().call<Named[]>('GET', `/${what}`, undefined, waiting)
    return all.map(({ ID, NAME }) => `${ID}\t${NAME.replace(/\p{Cc}+/gu, ' ')}`)
  } catch {
    return []
  }
}
