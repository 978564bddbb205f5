import type { Cell } from './cell.ts'

/** Cells that are tried in one life. */
export type Together = readonly [Cell, ...Cell[]]

/**
 * What passes by itself shares a life with others of its kind and chapter; each other cell has its own.
 * At most so many in one.
 */
export function togetherOf(cells: readonly Cell[], most: number): Together[] {
  const groups = Map.groupBy(cells, (cell) =>
    cell.passing === undefined ? cell : `${cell.story.operation.name}, ${cell.passing}`,
  )
  return [...groups.values()].flatMap((group) =>
    [...Map.groupBy(group, ({ chapter }) => chapter).values()].flatMap((mine) => {
      const lives = Math.ceil(mine.length / most)
      const inLife = (life: number): readonly Cell[] =>
        mine.filter((_, index) => index % lives === life)
      return Array.from({ length: lives }, (_, life) => inLife(life)).filter(hasSome)
    }),
  )
}

const hasSome = (cells: readonly Cell[]): cells is Together => cells.length > 0

/** One cell with everything that goes wrong in all of them. */
export function asOne(cells: Together): Cell {
  const [first] = cells
  return {
    ...first,
    name: cells.map(({ name }) => name).join('; '),
    orders: cells.flatMap(({ orders }) => orders),
  }
}
