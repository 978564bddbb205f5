/**
 * Pauses in milliseconds between attempts: doubling from `firstMs` to `capMs`, each spread over
 * ±25 % so that many clients that failed together do not come back together.
 */
export function* backoff(firstMs: number, capMs: number, random = Math.random): Generator<number> {
  for (let pause = firstMs; ; pause = Math.min(pause * 2, capMs)) {
    yield Math.round(pause * (0.75 + random() * 0.5))
  }
}
