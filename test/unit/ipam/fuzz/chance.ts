/** Reproducible chance: the same seed and number give the same choices. */
export interface Chance {
  /** 0 to below `limit`. */
  below(limit: number): number
  /** True about once in `n`. */
  once(n: number): boolean
  of<T>(choices: readonly [T, ...T[]]): T
  /** One of a list that may be empty. */
  any<T>(list: readonly T[]): T | undefined
}

/** mulberry32, begun where seed and number lead. */
export function createChance(seed: number, number: number): Chance {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    once: (n) => below(n) === 0,
    of: (choices) => choices[below(choices.length)] ?? choices[0],
    any: (list) => list[below(list.length)],
  }
}
