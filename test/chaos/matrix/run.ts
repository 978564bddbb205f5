import type { Test } from 'tap'
import { inParallel } from '../points/in-parallel.ts'
import { recordLife } from '../provision/life.ts'
import type { Story } from '../provision/story.ts'
import { type Cell, type CellOutcome, tryCell } from './cell.ts'
import { type Endpoint, endpointName, endpointsOf, matchOf } from './endpoints.ts'
import { type FaultKind, faultKinds } from './kinds.ts'
import { type Misfortune, misfortunes } from './mishaps.ts'
import { asOne, type Together, togetherOf } from './together.ts'

export interface MatrixOptions {
  /** Each nth cell only; 1 for all. */
  readonly every: number
  /** Only cells whose name it fits. */
  readonly only?: RegExp
}

/** Cells at once: most of each is waiting for a deadline. */
const hands = 7
/** What passes by itself shares a life, most of which is what comes between faults. */
const cellsInLife = 4
const usualPatience = 0.1

/**
 * Every endpoint that a provision's life uses with every fault, and everything that may go wrong with
 * what was ordered. Each ends well, or in a failure that a person can act on, after which `retry` or
 * `undeploy` finishes without leftovers.
 */
export async function runMatrix(t: Test, { every, only = /./ }: MatrixOptions): Promise<void> {
  const stories = await recordLife()
  const endpoints = endpointsOf(stories)
  const all = [
    // Of one endpoint every other, and of one fault too.
    ...endpoints.flatMap((endpoint, row) =>
      cellsOf(endpoint).map((cell, column) => ({ ...cell, ...turn(row + column) })),
    ),
    ...misfortunes.flatMap((one) => [0, 1].map((n) => misfortuneCell(stories, one, turn(n)))),
  ]
  const chosen = all.filter(({ name }, index) => index % every === 0 && only.test(name))
  const begun = performance.now()
  const lives = togetherOf(chosen, cellsInLife)
  const outcomes = (await inParallel(hands, lives, (cells) => tryTogether(t, cells))).flat()
  const seconds = Math.round((performance.now() - begun) / 1000)
  t.comment(`${endpoints.length} endpoints: ${endpoints.map(endpointName).join(', ')}`)
  const missed = outcomes.filter(({ struck }) => !struck).length
  t.equal(missed, 0, 'every fault struck')
  t.comment(
    `${outcomes.length} of ${all.length} cells tried in ${lives.length} lives and ${seconds} s, ${missed} did not strike`,
  )
}

interface Tried extends CellOutcome {
  readonly cell: Cell
}

/** Where they do not all pass as one, each is tried alone, and may well end in a failure that tells why. */
async function tryTogether(t: Test, cells: Together): Promise<Tried[]> {
  if (cells.length > 1) {
    const outcome = await tryCell(asOne(cells))
    const { ending, struck, wrong } = outcome
    if (struck && wrong.length === 0 && ending.said === undefined) {
      const tried = cells.map((cell) => ({ cell, ...outcome }))
      for (const one of tried) judge(t, one)
      return tried
    }
    t.strictSame(
      wrong,
      [],
      `together, ${ending.state}: ${cells.map(({ name }) => name).join('; ')}`,
    )
  }
  const tried: Tried[] = []
  for (const cell of cells) {
    const outcome = { cell, ...(await tryCell(cell)) }
    judge(t, outcome)
    tried.push(outcome)
  }
  return tried
}

function judge(t: Test, { cell, ending, struck, wrong }: Tried): void {
  const end = ending.state?.endsWith('_FAILURE')
    ? `${ending.state}, then ${cell.afterwards}`
    : ending.state
  t.strictSame(
    [...(struck ? [] : ['the fault never struck']), ...wrong],
    [],
    `${cell.name}: ${end}`,
  )
  if (ending.said !== undefined) t.comment(ending.said)
}

/** What a user does after a failure: this or that. */
const turn = (n: number) => ({ afterwards: n % 2 === 0 ? 'retry' : 'undeploy' }) as const

function cellsOf(endpoint: Endpoint): Omit<Cell, 'afterwards'>[] {
  const suits = ({ listsOnly }: FaultKind) => !listsOnly || endpoint.isList
  return faultKinds.filter(suits).map(({ name, order, answers, says, patience }) => ({
    name: `${endpointName(endpoint)}, ${name}`,
    story: endpoint.story,
    chapter: endpoint.chapter,
    orders: [{ ...order, match: matchOf(endpoint) }],
    cure: [],
    answered: answers ?? false,
    patience: patience ?? usualPatience,
    ...(says ? { says } : { passing: name }),
  }))
}

/** All of them befall what APPLYING orders. */
function misfortuneCell(
  [create]: readonly Story[],
  misfortune: Misfortune,
  { afterwards }: Pick<Cell, 'afterwards'>,
): Cell {
  const chapter = create?.chapters.find(({ name }) => name === 'APPLYING')
  if (!create || !chapter) throw new Error('No story orders anything')
  const { cure = [], says = null, patience = usualPatience, ...rest } = misfortune
  const where = { story: create, chapter, afterwards }
  return { ...rest, ...where, cure, says, answered: false, patience }
}
