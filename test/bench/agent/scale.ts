import { duration, median, type Row } from '../report.ts'
import { createRig } from './rig.ts'
import { plugVms, specOf } from './specs.ts'

const networks = 500
const addresses = 1000
const resyncs = 5
const buildTargetMs = 8000
const resyncTargetMs = 500

/** A full host: built from nothing, and looked at again when nothing is to do. */
export async function scale(): Promise<Row[]> {
  const rig = createRig()
  await rig.reconcile(specOf({}))
  const build = await rig.reconcile(specOf({ networks }))
  await plugVms({ ...rig, reconcile: () => rig.reconcile(specOf({ networks })) })
  await rig.reconcile(specOf({ networks, addresses }))
  // Ten namespaces a look, until each was read once; from then on nothing is, unless it changes.
  const first = await rig.reconcile(specOf({ networks, addresses }))
  for (let round = 0; round < networks / 10 + 2; round++)
    await rig.reconcile(specOf({ networks, addresses }))
  const resync: number[] = []
  for (let round = 0; round < resyncs; round++)
    resync.push((await rig.reconcile(specOf({ networks, addresses }))).elapsedMs)
  const one = await rig.reconcile({
    ...specOf({ networks: networks + 1, addresses }),
    generation: 2,
  })
  return [
    {
      what: `first build of ${networks} networks, read back`,
      ours: duration(build.elapsedMs),
      target: `<= ${duration(buildTargetMs)}`,
      met: build.elapsedMs <= buildTargetMs,
    },
    {
      what: `resync of ${networks} networks and 1,000 addresses, nothing to do`,
      ours: duration(median(resync)),
      target: `<= ${duration(resyncTargetMs)}`,
      met: median(resync) <= resyncTargetMs,
    },
    {
      what: 'the same while namespaces are still read in turn',
      ours: duration(first.elapsedMs),
      met: true,
    },
    {
      what: 'one network more on that host, read back',
      ours: duration(one.elapsedMs),
      met: true,
    },
  ]
}
