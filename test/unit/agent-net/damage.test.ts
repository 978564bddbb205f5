import fc from 'fast-check'
import t from 'tap'
import { anyCase, checkCrash, checkRepaired } from './damage-props.ts'

/** RUNS=5000 searches for an hour; unset, the search is short enough for every run of the tests. */
const runs = (few: number): number => Number(process.env['RUNS'] ?? few)

t.test('whatever state a host is found in, it becomes what its spec says', async (t) => {
  fc.assert(fc.property(anyCase, checkRepaired), { numRuns: runs(40) })
  t.pass()
})

t.test('an agent that dies between any two lines of a plan leaves nothing behind', async (t) => {
  fc.assert(fc.property(anyCase, checkCrash), { numRuns: runs(3) })
  t.pass()
})
