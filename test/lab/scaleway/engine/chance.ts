/** The simulator's only source of chance: a seed makes a whole run repeatable. */
export interface Chance {
  /** 0 ≤ x < 1. */
  random(): number
  integer(from: number, to: number): number
  uuid(): string
  hex(digits: number): string
  /** Where it stands; another chance that is set there goes on alike. */
  position: number
}

/** Mulberry32: small, and good enough to spread delays and ids. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')
  return {
    get position() {
      return state
    },
    set position(where) {
      state = where >>> 0
    },
    random,
    hex,
    integer: (from, to) => from + Math.floor(random() * (to - from + 1)),
    uuid: () => {
      const variant = (8 + Math.floor(random() * 4)).toString(16)
      return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`
    },
  }
}
