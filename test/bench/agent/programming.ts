import { duration, median, type Row, timed } from '../report.ts'
import { createIncumbent } from './incumbent.ts'
import { createRig, type Rig, type Timings } from './rig.ts'
import { addressesOf, plugVms, specOf } from './specs.ts'

const counts = [1, 100, 1000, 10_000] as const
const rounds = 3
/** From here on the incumbent's way would take minutes a round: it is ten times that of a tenth. */
const extrapolated = 10_000
const applyTarget = 100
const readBackTarget = 40

/** How long it takes until so many elastic addresses are programmed; ours also until they are read back. */
export async function programming(): Promise<Row[]> {
  const rig = createRig()
  const incumbent = await createIncumbent()
  await plugVms(rig)
  const rows: Row[] = []
  let tenth = Number.NaN
  for (const count of counts) {
    const [ours, theirs]: [Timings[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      ours.push(await programmed(rig, count))
      if (count === extrapolated) continue
      theirs.push(await timed(() => incumbent.add(addressesOf(count))))
      await incumbent.clear()
    }
    const rivalMs = count < extrapolated ? median(theirs) : 10 * tenth
    tenth = rivalMs
    rows.push(...rowsOf(count, ours, rivalMs))
  }
  return rows
}

async function programmed(rig: Rig, addresses: number): Promise<Timings> {
  const timings = await rig.reconcile(specOf({ addresses }))
  await rig.reconcile(specOf({}))
  return timings
}

function rowsOf(count: number, ours: readonly Timings[], rivalMs: number): Row[] {
  const rival = `${duration(rivalMs)}${count < extrapolated ? '' : ' (10 x that of 1,000)'}`
  const row = (what: string, ms: number, target: number): Row => ({
    what: `${count.toLocaleString('en')} addresses, ${what}`,
    ours: duration(ms),
    rival,
    ratio: rivalMs / ms,
    ...(count === 1000 ? { target: `>= ${target} x`, met: rivalMs / ms >= target } : { met: true }),
  })
  return [
    row('programmed', median(ours.map(({ applyMs }) => applyMs)), applyTarget),
    row('from spec to read-back', median(ours.map(({ elapsedMs }) => elapsedMs)), readBackTarget),
  ]
}
