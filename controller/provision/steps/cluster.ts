import type { Step } from '../engine.ts'
import { ensureObject, marks, named } from '../objects.ts'
import type { Work } from '../work.ts'
import type { Placed } from './placed.ts'

export function clusterStep(work: Work, placed: Placed): Step {
  const { clusters } = work.ports.opennebula
  const name = named(work, work.body.name)
  return {
    name: 'cluster',
    run: async () => {
      const cluster = await ensureObject(work, {
        what: 'cluster',
        key: 'cluster',
        list: () => clusters.list(),
        create: () => clusters.create(name),
        mark: (id) => clusters.update(id, marks(work, 'cluster')),
        unmarked: (object) => object.name === name,
      })
      placed.clusterId = cluster.id
      await work.updateObjects((objects) => {
        objects.cluster = { id: cluster.id, name: cluster.name }
      })
    },
  }
}
