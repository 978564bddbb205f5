import { allAt, renderTemplate, type XmlNode } from '../../lib/opennebula/index.ts'
import type { Caller } from './caller.ts'
import type { Cluster } from './objects.ts'
import type { Clusters } from './opennebula.ts'
import { idOf, idsAt, nameOf, templateOf } from './read.ts'

export function clustersOf(caller: Caller): Clusters {
  return {
    list: async () => allAt(await caller.read('one.clusterpool.info'), 'CLUSTER').map(readCluster),
    get: async (id) => readCluster(await caller.read('one.cluster.info', id, false)),
    create: (name) => caller.change('one.cluster.allocate', name),
    async update(id, template) {
      await caller.change('one.cluster.update', id, renderTemplate(template), merge)
    },
    async delete(id) {
      await caller.change('one.cluster.delete', id)
    },
  }
}

/** The flag of `one.*.update` that keeps attributes not mentioned. */
export const merge = 1

export function readCluster(node: XmlNode): Cluster {
  return {
    id: idOf(node),
    name: nameOf(node),
    hostIds: idsAt(node, 'HOSTS'),
    datastoreIds: idsAt(node, 'DATASTORES'),
    networkIds: idsAt(node, 'VNETS'),
    template: templateOf(node),
  }
}
