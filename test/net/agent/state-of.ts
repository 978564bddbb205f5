/** What was observed, without the order it was listed in and without random MACs. */
export function stateOf(observed: unknown): unknown {
  if (Array.isArray(observed)) {
    return observed
      .map(stateOf)
      .toSorted((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1))
  }
  if (typeof observed !== 'object' || observed === null) return observed
  const random = 'kind' in observed && observed.kind !== 'bridge'
  return Object.fromEntries(
    Object.entries(observed)
      .filter(([key]) => key !== 'mac' || !random)
      .map(([key, value]) => [key, stateOf(value)])
      .toSorted(([x], [y]) => (String(x) < String(y) ? -1 : 1)),
  )
}
