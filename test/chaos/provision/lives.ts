import type { Point } from '../points/recording.ts'

/**
 * Lives of at most so many deaths for the points of a chapter, which are in their order. The second or
 * third call of a name can only be the first death of a life, so each of these begins one, and the
 * others follow where what comes later in the chapter has room.
 */
export function livesOf(points: readonly Point[], most: number): Point[][] {
  const lives: { readonly from: number; readonly points: Point[] }[] = []
  for (const [at, point] of points.entries())
    if (point.nth > 1) lives.push({ from: at, points: [point] })
  for (const [at, point] of [...points.entries()].reverse()) {
    if (point.nth > 1) continue
    const roomy = lives.filter(({ from, points }) => from < at && points.length < most)
    const life = roomy.at(-1) ?? { from: -1, points: [] }
    if (life.points.length === 0) lives.unshift(life)
    life.points.push(point)
  }
  return lives.map(({ points }) => points)
}
