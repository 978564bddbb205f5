/**
 * How long a property is searched: `few` histories in every run of the tests, always the same ones, so
 * that a change is blamed for what it broke only. RUNS=5000 searches for an hour, SEED=$RANDOM elsewhere.
 */
export function searched(few: number): { readonly numRuns: number; readonly seed: number } {
  const { RUNS, SEED } = process.env
  return { numRuns: Number(RUNS ?? few), seed: Number(SEED ?? 20_261_127) }
}
