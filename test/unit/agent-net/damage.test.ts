import fc from 'fast-check'
import t from 'tap'
import { anyCase, anyChange, checkCrash, checkMarks, checkRepaired } from './damage-props.ts'
import { searched } from './search.ts'

t.test('whatever state a host is found in, it becomes what its spec says', async (t) => {
  fc.assert(fc.property(anyCase, checkRepaired), searched(40))
  t.pass()
})

t.test('an agent that dies between any two lines of a plan leaves nothing behind', async (t) => {
  fc.assert(fc.property(anyCase, checkCrash), searched(3))
  t.pass()
})

t.test('wherever an agent dies, no mark vouches for what is otherwise', async (t) => {
  let vouched = 0
  const check = (change: Parameters<typeof checkMarks>[0]) => {
    vouched += checkMarks(change)
  }
  fc.assert(fc.property(anyChange, check), searched(12))
  t.ok(vouched > 100, `${vouched} marks that could have lied`)
})
