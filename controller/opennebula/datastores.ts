import {
  allAt,
  integerAt,
  renderTemplate,
  textAt,
  type XmlNode,
} from '../../lib/opennebula/index.ts'
import type { Caller } from './caller.ts'
import { merge } from './clusters.ts'
import type { Datastore } from './objects.ts'
import type { Datastores } from './opennebula.ts'
import { idOf, idsAt, nameOf, ownerOf, permissionsOf, templateOf } from './read.ts'
import { rightsOf } from './rights.ts'

const types = ['image', 'system', 'file'] as const

export function datastoresOf(caller: Caller): Datastores {
  return {
    list: async () =>
      allAt(await caller.read('one.datastorepool.info'), 'DATASTORE').map(readDatastore),
    get: async (id) => readDatastore(await caller.read('one.datastore.info', id, false)),
    create: (template, clusterId) =>
      caller.change('one.datastore.allocate', renderTemplate(template), clusterId),
    async update(id, template) {
      await caller.change('one.datastore.update', id, renderTemplate(template), merge)
    },
    ...rightsOf(caller, 'datastore'),
    async delete(id) {
      await caller.change('one.datastore.delete', id)
    },
  }
}

export function readDatastore(node: XmlNode): Datastore {
  return {
    id: idOf(node),
    name: nameOf(node),
    owner: ownerOf(node),
    permissions: permissionsOf(node),
    type: types[integerAt(node, ['TYPE'], 0)] ?? 'image',
    dsMad: textAt(node, 'DS_MAD') ?? '',
    tmMad: textAt(node, 'TM_MAD') ?? '',
    clusterIds: idsAt(node, 'CLUSTERS'),
    imageIds: idsAt(node, 'IMAGES'),
    template: templateOf(node),
  }
}
