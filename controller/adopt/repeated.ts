/** Values that several of them have, each with those that have it. Pure. */
export function repeated<T, V>(
  all: readonly T[],
  wordOf: (one: T) => V | undefined,
): (readonly [value: V, having: readonly T[]])[] {
  return [...Map.groupBy(all, wordOf)].flatMap(([value, having]) =>
    value === undefined || having.length < 2 ? [] : [[value, having] as const],
  )
}
