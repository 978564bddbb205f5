import type { Facts } from './facts.ts'

/** `unknown`: it cannot be seen from this host, or not now. */
export type Verdict = 'ok' | 'broken' | 'unknown'

/** What one look found: a sentence of what is seen, and what to do where that helps. */
export interface Finding {
  readonly verdict: Verdict
  readonly says: string
  readonly fix: string | null
}

/** One place a packet passes, and how it is told from the facts whether it does; null where it has none. */
export interface Hop<Subject> {
  readonly name: string
  check(subject: Subject, facts: Facts): Finding | null
}

/** A finding and the hop it was made at. */
export interface Seen extends Finding {
  readonly hop: string
}

export const ok = (says: string): Finding => ({ verdict: 'ok', says, fix: null })
export const broken = (says: string, fix: string): Finding => ({ verdict: 'broken', says, fix })
export const unknown = (says: string, fix: string | null = null): Finding => ({
  verdict: 'unknown',
  says,
  fix,
})

/** Looks at each hop in its order; later ones are looked at whatever became of the earlier. */
export function walk<Subject>(
  hops: readonly Hop<Subject>[],
  subject: Subject,
  facts: Facts,
): Seen[] {
  return hops.flatMap(({ name, check }) => {
    const finding = check(subject, facts)
    return finding === null ? [] : [{ hop: name, ...finding }]
  })
}
