import {
  allAt,
  integerAt,
  renderTemplate,
  textAt,
  type XmlNode,
} from '../../lib/opennebula/index.ts'
import type { Caller } from './caller.ts'
import { merge } from './clusters.ts'
import { type Host, hostStates } from './objects.ts'
import type { Hosts } from './opennebula.ts'
import { idOf, idsAt, nameOf, templateOf } from './read.ts'

const statuses = { enable: 0, disable: 1, offline: 2 } as const

export function hostsOf(caller: Caller): Hosts {
  return {
    list: async () => allAt(await caller.read('one.hostpool.info'), 'HOST').map(readHost),
    get: async (id) => readHost(await caller.read('one.host.info', id, false)),
    create: (name, imMad, vmMad, clusterId) =>
      caller.change('one.host.allocate', name, imMad, vmMad, clusterId),
    async update(id, template) {
      await caller.change('one.host.update', id, renderTemplate(template), merge)
    },
    async status(id, status) {
      await caller.change('one.host.status', id, statuses[status])
    },
    async delete(id) {
      await caller.change('one.host.delete', id)
    },
  }
}

export function readHost(node: XmlNode): Host {
  return {
    id: idOf(node),
    name: nameOf(node),
    state: hostStates[integerAt(node, ['STATE'], 0)] ?? 'ERROR',
    imMad: textAt(node, 'IM_MAD') ?? '',
    vmMad: textAt(node, 'VM_MAD') ?? '',
    clusterId: integerAt(node, ['CLUSTER_ID'], -1),
    vmIds: idsAt(node, 'VMS'),
    template: templateOf(node),
  }
}
