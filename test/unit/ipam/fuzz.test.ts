// FUZZ=1000000 asks for that many, FUZZ_SEED=n for others, FUZZ_ONLY=n for the one of that number.
import t from 'tap'
import { drivers, perform } from '../../../ipam/wire/index.ts'
import { type Case, mutated } from './fuzz/mutate.ts'
import { objection } from './fuzz/objection.ts'

const { FUZZ, FUZZ_SEED, FUZZ_ONLY } = process.env
const count = Number(FUZZ ?? 20_000)
const seed = Number(FUZZ_SEED ?? 20_261_130)
const tooLongMs = 1_000
const atOnce = 1_000

t.setTimeout(1_800_000)

/** What is wrong with how a case ends; undefined when nothing is. */
async function wrong(one: Case): Promise<string | undefined> {
  const began = performance.now()
  const { outcome } = await perform(one.driver, drivers[one.driver], {
    argv: one.argv,
    input: one.input,
    ask: async () => one.answer,
  })
  if (performance.now() - began > tooLongMs) return 'it took too long'
  try {
    return objection(one, outcome)
  } catch (error) {
    return `oned cannot read the answer: ${error}: ${outcome.stdout}`
  }
}

/** A busy machine may stop anything for a second, but not the same thing three times. */
async function wrongAgain(one: Case): Promise<string | undefined> {
  const first = await wrong(one)
  if (first !== 'it took too long') return first
  return (await wrong(one)) && (await wrong(one))
}

t.test(
  `${count} mutations of seed ${seed} are answered in full or refused in a line`,
  async (t) => {
    const only = FUZZ_ONLY === undefined ? undefined : Number(FUZZ_ONLY)
    const began = performance.now()
    let answered = 0
    for (let number = only ?? 0; number < (only === undefined ? count : only + 1); number++) {
      const one = mutated(seed, number)
      const why = await wrongAgain(one)
      if (why !== undefined) t.fail(`FUZZ_SEED=${seed} FUZZ_ONLY=${number}: ${why}`, { one })
      if (number % atOnce === 0) await new Promise(setImmediate)
      answered++
    }
    const seconds = (performance.now() - began) / 1000
    t.comment(`seed ${seed}: ${answered} mutations in ${seconds.toFixed(1)} s`)
    t.equal(answered, only === undefined ? count : 1)
  },
)

t.test(
  'the mutations reach every driver, with answers and with every kind of refusal',
  async (t) => {
    const seen = new Map<string, number>()
    for (let number = 0; number < 6_000; number++) {
      const { driver, argv, input, answer } = mutated(seed, number)
      const call = { argv, input, ask: async () => answer }
      const { outcome, error } = await perform(driver, drivers[driver], call)
      const end = outcome.exitCode === 0 ? 'answered' : (error as { code: string }).code
      seen.set(end, (seen.get(end) ?? 0) + 1)
      seen.set(driver, (seen.get(driver) ?? 0) + 1)
    }
    const kinds = ['REQUEST', 'SIZE', 'FAMILY', 'FIXED', 'ADDRESS', 'PROVISION', 'CONTROLLER']
    for (const end of [
      'answered',
      ...Object.keys(drivers),
      ...kinds.map((one) => `EDGE_IPAM_${one}`),
    ]) {
      t.ok((seen.get(end) ?? 0) >= 3, `${end}: ${seen.get(end)}`)
    }
  },
)
