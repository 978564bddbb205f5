import { duration, median, type Row, timed } from '../report.ts'
import { createIncumbent } from './incumbent.ts'
import { createRig } from './rig.ts'
import { addressesOf, plugVms, specOf } from './specs.ts'

const count = 10_000
const rounds = 5

/** Adding and removing one address on a host that has ten thousand. */
export async function oneMore(): Promise<Row[]> {
  const rig = createRig()
  const incumbent = await createIncumbent()
  await plugVms(rig)
  await rig.reconcile(specOf({ addresses: count }))
  await incumbent.preload(addressesOf(count))
  const one = addressesOf(count + 1).slice(count)
  const ours = { add: [] as number[], remove: [] as number[] }
  const theirs = { add: [] as number[], remove: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    ours.add.push((await rig.reconcile(specOf({ addresses: count + 1 }))).applyMs)
    theirs.add.push(await timed(() => incumbent.add(one)))
    ours.remove.push((await rig.reconcile(specOf({ addresses: count }))).applyMs)
    theirs.remove.push(await timed(() => incumbent.remove(one)))
  }
  return (['add', 'remove'] as const).map((verb) => ({
    what: `${verb} one of 10,000 addresses`,
    ours: duration(median(ours[verb])),
    rival: duration(median(theirs[verb])),
    ratio: median(theirs[verb]) / median(ours[verb]),
    met: true,
  }))
}
