/** How long a batch may take: a full host's is not stuck because it takes longer than a small one's. */
export const patienceMs = (steps: readonly unknown[]): number => 20_000 + 20 * steps.length
