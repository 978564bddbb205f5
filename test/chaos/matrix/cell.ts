import type { FaultRequest } from '../../lab/scaleway/index.ts'
import { billDifferences, billOf } from '../provision/bill.ts'
import { carryOn } from '../provision/carry-on.ts'
import { wrongWhenDone } from '../provision/judge.ts'
import { reached } from '../provision/operations.ts'
import { type Chapter, inWorld, type Story } from '../provision/story.ts'
import { settled } from '../world/acts.ts'
import type { World } from '../world/world.ts'
import { type Ending, endingOf, insist, lacking } from './ending.ts'

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
  readonly says?: RegExp
  /** What may be billed once more than in a clean run. */
  readonly twice?: 'server' | 'gateway'
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
    patience,
  )
}

/** Orders that changed something at once are not among the faults. */
function hasStruck({ cloud }: World): boolean {
  return cloud.faults().every(({ struckMs }) => struckMs !== undefined)
}

function wordsMissing({ answered, says }: Cell, { said }: Ending): string[] {
  return [
    ...lacking(said, answered),
    ...(says === undefined || says.test(said ?? '') ? [] : [`it says: ${said}`]),
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
function costs(world: World, { twice }: Cell, bill: readonly string[]): string[] {
  const replaced = { server: /^(server|option) .*, ended$/, gateway: /^gateway .*, ended$/ }
  const most = { server: 2, gateway: 1 }
  const first = (line: string) =>
    twice !== undefined && replaced[twice].test(line.replace(/^billed beside a clean run: /, ''))
  const differences = billDifferences(billOf(world), bill)
  const known = differences.filter(first)
  return twice !== undefined && known.length > most[twice]
    ? differences
    : differences.filter((line) => !first(line))
}
