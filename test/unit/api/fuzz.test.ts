// FUZZ=100000 asks for that many requests, SEED=n for others, FUZZ_ONLY=n for the one of that number.
import t from 'tap'
import { mutations } from './fuzz/mutate.ts'
import { onlyMeaning, type Shot, shotOf } from './fuzz/shot.ts'
import { createRange } from './fuzz/world.ts'
import { routes } from './routes.ts'

const { FUZZ, SEED, FUZZ_ONLY } = process.env
const count = Number(FUZZ ?? 5_000)
const seed = Number(SEED ?? 20_261_201)
const only = FUZZ_ONLY === undefined ? undefined : Number(FUZZ_ONLY)
const tooLongMs = 2_000

t.setTimeout(1_800_000)

/** How often which kind of mutation was answered how. */
class Histogram {
  readonly #counts = new Map<string, Map<number, number>>()

  add({ kinds }: Shot, status: number): void {
    for (const kind of kinds) {
      const row = this.#counts.get(kind) ?? new Map<number, number>()
      row.set(status, (row.get(status) ?? 0) + 1)
      this.#counts.set(kind, row)
    }
  }

  has(kind: string): boolean {
    return this.#counts.has(kind)
  }

  /** A line for each kind, a column for each status. */
  lines(): string[] {
    const statuses = [...new Set([...this.#counts.values()].flatMap((row) => [...row.keys()]))]
    statuses.sort((a, b) => a - b)
    const line = (name: string, cells: readonly (number | string)[]) =>
      name.padEnd(20) + cells.map((cell) => String(cell).padStart(7)).join('')
    return [
      line('', statuses),
      ...[...this.#counts]
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([kind, row]) =>
          line(
            kind,
            statuses.map((status) => row.get(status) ?? ''),
          ),
        ),
    ]
  }
}

t.test(
  `${count} requests of seed ${seed} are answered in OneForm’s shape and tell nothing`,
  async (t) => {
    const escaped: unknown[] = []
    for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
      const note = (error: unknown) => void escaped.push(error)
      process.on(event, note)
      t.teardown(() => process.off(event, note))
    }
    const range = await createRange(t)
    const histogram = new Histogram()
    const began = performance.now()
    let slow = 0
    for (let number = only ?? 0; number < (only === undefined ? count : only + 1); number++) {
      const shot = shotOf(seed, number, range.world)
      const fired = performance.now()
      const { status, why } = await range.fire(shot)
      // a busy machine may stop anything for a moment, but not the same thing three times
      for (let left = 3; left > 0 && performance.now() - fired > tooLongMs; left--) {
        const again = performance.now()
        await range.fire(shot)
        if (performance.now() - again <= tooLongMs) break
        if (left === 1) slow++
      }
      histogram.add(shot, status)
      if (why !== undefined)
        t.fail(`SEED=${seed} FUZZ_ONLY=${number}: ${why}`, { shot: shown(shot) })
      if (number % 500 === 0) await new Promise(setImmediate)
    }
    const seconds = (performance.now() - began) / 1000
    t.comment(`seed ${seed}: ${count} requests in ${seconds.toFixed(1)} s`)
    for (const line of histogram.lines()) t.comment(line)
    t.strictSame(escaped, [], 'nothing is thrown where nobody catches')
    t.equal(slow, 0, 'every answer comes')
    if (only !== undefined) return
    const share = range.past() / count
    t.comment(`${Math.round(share * 100)} % came past authentication and schema`)
    t.ok(share > 1 / 3, `${share}`)
    for (const kind of [onlyMeaning, ...Object.keys(mutations)]) t.ok(histogram.has(kind), kind)
  },
)

t.test(
  'beside a stock server nothing of ours is passed on, and no path that is a trick',
  async (t) => {
    const range = await createRange(t, true)
    for (let number = 0; number < count / 5; number++) {
      const shot = shotOf(seed + 1, number, range.world)
      const { why } = await range.fire(shot)
      if (why !== undefined)
        t.fail(`number ${number} of ${seed + 1}: ${why}`, { shot: shown(shot) })
    }
    t.ok(range.passedOn() > count / 500, `${range.passedOn()} were passed on`)
  },
)

t.test('the requests are spread over every route, and the same seed gives the same', async (t) => {
  const { world } = await createRange(t)
  const seen = new Map<string, number>()
  for (let number = 0; number < 4_000; number++) {
    const { route } = shotOf(seed, number, world)
    seen.set(route, (seen.get(route) ?? 0) + 1)
  }
  for (const route of Object.keys(routes)) t.ok((seen.get(route) ?? 0) > 20, route)
  t.strictSame(shotOf(seed, 77, world), shotOf(seed, 77, world))
  t.notSame(shotOf(seed, 77, world), shotOf(seed + 1, 77, world))
})

function shown({ payload, ...shot }: Shot) {
  return { ...shot, payload: payload?.toString('latin1').slice(0, 500) }
}
