import {
  allAt,
  integerAt,
  renderTemplate,
  textAt,
  vectorFrom,
  type XmlNode,
} from '../../lib/opennebula/index.ts'
import type { Caller } from './caller.ts'
import { merge } from './clusters.ts'
import { type AddressRange, type Lease, type Network, networkStates } from './objects.ts'
import type { Networks } from './opennebula.ts'
import { idOf, idsAt, nameOf, optionalInteger, ownerOf, permissionsOf, templateOf } from './read.ts'
import { rightsOf } from './rights.ts'

export function networksOf(caller: Caller): Networks {
  return {
    list: async () =>
      allAt(await caller.read('one.vnpool.info', -2, -1, -1), 'VNET').map(readNetwork),
    get: async (id) => readNetwork(await caller.read('one.vn.info', id, false)),
    create: (template, clusterId) =>
      caller.change('one.vn.allocate', renderTemplate(template), clusterId),
    async update(id, template) {
      await caller.change('one.vn.update', id, renderTemplate(template), merge)
    },
    async addRange(id, range) {
      await caller.change('one.vn.add_ar', id, renderTemplate({ AR: onlyPlain(range) }))
    },
    async updateRange(id, rangeId, range) {
      const template = renderTemplate({ AR: onlyPlain({ AR_ID: rangeId, ...range }) })
      await caller.change('one.vn.update_ar', id, template)
    },
    async removeRange(id, rangeId, force) {
      await caller.change('one.vn.rm_ar', id, rangeId, force)
    },
    ...rightsOf(caller, 'vn'),
    async delete(id) {
      await caller.change('one.vn.delete', id)
    },
  }
}

export function readNetwork(node: XmlNode): Network {
  return {
    id: idOf(node),
    name: nameOf(node),
    owner: ownerOf(node),
    permissions: permissionsOf(node),
    state: networkStates[integerAt(node, ['STATE'], 0)] ?? 'ERROR',
    clusterIds: idsAt(node, 'CLUSTERS'),
    bridge: textAt(node, 'BRIDGE') ?? '',
    vnMad: textAt(node, 'VN_MAD') ?? '',
    phydev: textAt(node, 'PHYDEV'),
    vlanId: optionalInteger(node, 'VLAN_ID'),
    usedLeases: integerAt(node, ['USED_LEASES'], 0),
    parentNetworkId: optionalInteger(node, 'PARENT_NETWORK_ID'),
    templateId: optionalInteger(node, 'TEMPLATE_ID'),
    template: templateOf(node),
    ranges: allAt(node, 'AR_POOL', 'AR').map(readRange),
  }
}

function readRange(node: XmlNode): AddressRange {
  return {
    id: integerAt(node, ['AR_ID'], -1),
    type: textAt(node, 'TYPE') ?? '',
    ip: textAt(node, 'IP'),
    mac: textAt(node, 'MAC') ?? '',
    size: integerAt(node, ['SIZE'], 0),
    usedLeases: integerAt(node, ['USED_LEASES'], 0),
    attributes: vectorFrom(node),
    leases: allAt(node, 'LEASES', 'LEASE').map(readLease),
  }
}

function readLease(node: XmlNode): Lease {
  return {
    ip: textAt(node, 'IP'),
    mac: textAt(node, 'MAC') ?? '',
    vm: optionalInteger(node, 'VM'),
  }
}

function onlyPlain(range: Parameters<Networks['addRange']>[1]) {
  const plain: Record<string, string | number | boolean | undefined> = {}
  for (const [name, value] of Object.entries(range)) {
    if (typeof value === 'object') throw new TypeError(`${name}: an address range has no vectors`)
    plain[name] = value
  }
  return plain
}
