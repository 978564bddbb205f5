// The machinery of the chaos tier: that a point counts as tried only when its call came.
import t from 'tap'
import type { Mishap, Point } from '../../chaos/points/recording.ts'
import { deathsAt } from '../../chaos/provision/deaths.ts'
import { livesOf } from '../../chaos/provision/lives.ts'

const call = (name: string) => ({ to: 'cloud', name, changes: true }) as const
const point = (name: string, nth = 1, mishap: Mishap = 'controller killed before'): Point => ({
  ...{ call: call(name), nth, mishap },
})

/** A controller that is up again when it is told. */
function mortal() {
  let up = true
  let kills = 0
  return {
    alive: () => up,
    kill: async () => {
      kills++
      up = false
    },
    rise: () => {
      up = true
    },
    kills: () => kills,
  }
}

t.test('each death comes at its call, in whatever order the calls come', async (t) => {
  const controller = mortal()
  const [before, after] = [point('b'), point('a', 1, 'controller killed after')]
  const deaths = deathsAt([before, after], controller)
  t.equal(await deaths.before(call('c')), 'pass')
  t.equal(await deaths.before(call('a')), 'pass', 'it is done, though nobody hears of it')
  t.equal(await deaths.before(call('b')), 'pass', 'what was on its way is nobody’s death')
  t.equal(controller.kills(), 1)
  t.strictSame([...deaths.sprung], [after])
  controller.rise()
  t.equal(await deaths.before(call('b')), 'pass', 'it is the second of its name by now')
  t.strictSame([...deaths.sprung], [after], 'and the point is still to be tried')
})

t.test('what vanished is asked again, and is the same call', async (t) => {
  const controller = mortal()
  const both = [point('a'), point('a', 1, 'controller killed after')]
  const deaths = deathsAt(both, controller)
  t.equal(await deaths.before(call('a')), 'vanish')
  controller.rise()
  t.equal(await deaths.before(call('a')), 'pass')
  controller.rise()
  t.equal(await deaths.before(call('a')), 'pass')
  t.equal(controller.kills(), 2)
  t.equal(deaths.sprung.size, 2)
})

t.test('the second call of a name is sure to be that before the first death only', async (t) => {
  const controller = mortal()
  const second = point('a', 2)
  const deaths = deathsAt([second, point('b')], controller)
  t.equal(await deaths.before(call('a')), 'pass')
  t.equal(await deaths.before(call('b')), 'vanish')
  controller.rise()
  t.equal(await deaths.before(call('a')), 'pass')
  t.notOk(deaths.sprung.has(second))
})

t.test('lives hold each point once, and a second call of a name comes first in its', (t) => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const points = names.map((name, index) => point(name, index % 3 === 1 ? 2 : 1))
  const lives = livesOf(points, 3)
  t.strictSame(
    lives
      .flat()
      .map(({ call }) => call.name)
      .toSorted(),
    names,
  )
  for (const life of lives) {
    t.ok(life.length <= 3)
    const at = life.map((one) => points.indexOf(one))
    const late = life.findIndex(({ nth }) => nth > 1)
    t.ok(late <= 0 && (late < 0 || Math.min(...at) === at[0]), `${at}`)
  }
  t.equal(livesOf(points, 1).length, points.length)
  t.strictSame(livesOf([], 3), [])
  t.end()
})
