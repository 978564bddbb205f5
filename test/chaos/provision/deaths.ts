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
 * Kills at whichever of these points comes first, then at the next. A controller that starts again repeats
 * some calls, so the second of a name is only sure to be that before anybody died; one that died on its
 * way and is asked again is still the same.
 */
export function deathsAt(points: readonly Point[], controller: Mortal): Deaths {
  const sprung = new Set<Point>()
  const done = new Map<string, number>()
  let dying = false

  const countOf = ({ name }: Call) => done.get(name) ?? 0
  const due = (call: Call) =>
    points.find(
      (point) =>
        point.call.name === call.name &&
        !sprung.has(point) &&
        countOf(call) + 1 === point.nth &&
        (point.nth === 1 || sprung.size === 0),
    )
  const takesEffect = (call: Call): Passage => {
    done.set(call.name, countOf(call) + 1)
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
