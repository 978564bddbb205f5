import type { FaultRequest } from '../../lab/scaleway/index.ts'
import { billDifferences, billOf } from '../provision/bill.ts'
import { carryOn } from '../provision/carry-on.ts'
import { wrongWhenDone } from '../provision/judge.ts'
import { reached } from '../provision/operations.ts'
import { type Chapter, inWorld, type Story } from '../provision/story.ts'
import { settled } from '../world/acts.ts'
import type { World } from '../world/world.ts'
import { type Ending, endingOf, insist, lacking } from './ending.ts'
import type { More } from './mishaps.ts'

/** One thing that goes wrong in one chapter of an operation. */
export interface Cell {
  readonly name: string
  readonly story: Story
  readonly chapter: Chapter
  readonly orders: readonly FaultRequest[]
  /** What puts it right again. */
  readonly cure: readonly FaultRequest[]
  /** What a user does after a failure. */
  readonly afterwards: 'retry' | 'undeploy'
  readonly answered: boolean
  /** What kind of fault it is, where the product does not fail for it. */
  readonly passing?: string
  /** What a failure must say; null where it must not fail. */
  readonly says?: RegExp | null
  /** What may be billed more often than in a clean run. */
  readonly more?: More
  readonly patience: number
}

export interface CellOutcome {
  readonly ending: Ending
  /** Whether a fault struck. */
  readonly struck: boolean
  readonly wrong: readonly string[]
}

const endsWithinMs = 120_000
const restWithinMs = 8_000

/** Has it go wrong, looks how it ends, puts it right, and has a user finish it. */
export async function tryCell(cell: Cell): Promise<CellOutcome> {
  const { story, chapter, orders, patience } = cell
  return await inWorld(
    chapter.begin,
    async (world) => {
      for (const order of orders) world.cloud.order(order)
      let ending: Ending = { state: undefined, said: undefined }
      let struck = false
      try {
        ending = await endingOf(world, story.operation, endsWithinMs)
        struck = hasStruck(world)
        for (const order of cell.cure) world.cloud.order(order)
        world.cloud.mend()
        const failed = ending.state?.endsWith('_FAILURE') ?? false
        const told = ending.said === undefined && !failed ? [] : wordsMissing(cell, ending)
        return { ending, struck, wrong: [...told, ...(await finish(world, cell, failed))] }
      } catch (error) {
        const said = await world.controller.tail(5)
        return { ending, struck, wrong: [(error as Error).message, said] }
      }
    },
    { patience },
  )
}

/** Orders that changed something at once are not among the faults. */
function hasStruck({ cloud }: World): boolean {
  return cloud.faults().every(({ struckMs }) => struckMs !== undefined)
}

function wordsMissing({ answered, says }: Cell, ending: Ending): string[] {
  const { said } = ending
  return [
    ...lacking(ending, answered),
    ...(says === null ? [`it should have passed by itself: ${said}`] : []),
    ...(says?.test(said ?? '') === false ? [`it says: ${said}`] : []),
  ]
}

async function finish(world: World, cell: Cell, failed: boolean): Promise<readonly string[]> {
  const { operation, bill } = cell.story
  if (failed && cell.afterwards === 'undeploy' && operation.name !== 'undeploy') {
    await insist(world, 'undeploy', { force: true })
    const gone = { ...operation, begin: async () => {}, ended: () => reached(world, 'DONE') }
    await carryOn(world, gone)
    return await settled(() => wrongWhenDone(world), restWithinMs)
  }
  if (failed) await insist(world, 'retry', {})
  await carryOn(world, operation)
  const judge = () => [...operation.wrong(world), ...costs(world, cell, bill)]
  return await settled(judge, restWithinMs)
}

/** What never came is on the bill, a server with its option, and nothing else is. */
function costs(world: World, { more }: Cell, bill: readonly string[]): string[] {
  const differences = billDifferences(billOf(world), bill)
  if (more === undefined) return differences
  const lines = { server: /: (server|option) .*, ended$/, gateway: /: gateway .*, ended$/ }
  const perObject = { server: 2, gateway: 1 }
  const strange = differences.filter((line) => !lines[more.what].test(line))
  const objects = (differences.length - strange.length) / perObject[more.what]
  return objects > more.atMost ? differences : strange
}
