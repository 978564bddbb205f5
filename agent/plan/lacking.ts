/** What of `wanted` is not in `found`. Keyed: a full host has thousands of everything. */
export function lacking<T>(
  wanted: readonly T[],
  found: readonly T[],
  keyOf: (item: T) => string,
): readonly T[] {
  if (found.length === 0) return wanted
  const keys = new Set(found.map(keyOf))
  return wanted.filter((item) => !keys.has(keyOf(item)))
}
