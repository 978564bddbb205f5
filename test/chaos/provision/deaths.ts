import type { Passage } from '../../lab/scaleway/index.ts'
import type { Point } from '../points/recording.ts'
import type { Call, Watcher } from '../world/calls.ts'
import type { Supervised } from '../world/supervised.ts'

type Mortal = Pick<Supervised, 'alive' | 'kill'>

/** Several deaths of the controller in one life, each at its call. */
export interface Deaths extends Watcher {
  /** Points whose call has come. */
  readonly sprung: ReadonlySet<Point>
}

/**
 * Kills at the first of these points that comes, then at the next. Which call is the nth of its name is
 * told by those that took effect: one that died on its way is asked again, and is the same.
 */
export function deathsAt(points: readonly Point[], controller: Mortal): Deaths {
  const sprung = new Set<Point>()
  const done = new Map<string, number>()
  let dying = false

  const due = ({ name }: Call) =>
    points.find(
      (point) =>
        !sprung.has(point) && point.call.name === name && (done.get(name) ?? 0) + 1 >= point.nth,
    )
  const takesEffect = ({ name }: Call): Passage => {
    done.set(name, (done.get(name) ?? 0) + 1)
    return 'pass'
  }
  return {
    sprung,
    async before(call) {
      // What was on its way when it died is nobody's second death.
      const point = dying || !controller.alive() ? undefined : due(call)
      if (point === undefined) return takesEffect(call)
      sprung.add(point)
      dying = true
      await controller.kill()
      dying = false
      return point.mishap === 'controller killed after' ? takesEffect(call) : 'vanish'
    },
    after: () => 'pass',
  }
}
