import { type Link, linkGroup } from '../../../../agent/host/index.ts'
import type { LinkSetting, NetworkStep, NewLink } from '../../../../agent/plan/index.ts'
import {
  addLink,
  addPair,
  deviceIn,
  removeLink,
  renameLink,
  setDown,
  setMac,
  setMaster,
  setMtu,
  setUp,
} from './links.ts'
import {
  addAddress,
  addRule,
  appendDestination,
  deleteAddress,
  deleteEntry,
  deleteNeighbour,
  deleteRoute,
  deleteRule,
  forgetMac,
  pinMac,
  replaceNeighbour,
  replaceRoute,
} from './stack.ts'
import { changeTable, dropTable, loadTable } from './tables.ts'
import { blank, bridgeKeys, emptyWorld, type Kernel, linkOf, worldOf } from './world.ts'

/** One step, as ip, bridge, nft and the kernel carry it out. Throws what they refuse. */
export function carryOut(kernel: Kernel, step: NetworkStep): void {
  for (const part of partsOf(kernel, step)) part()
}

/** The lines of a step, each of which may be the last before a crash. */
export function partsOf(kernel: Kernel, step: NetworkStep): (() => void)[] {
  if (step.kind === 'link-rename')
    return [
      () => setDown(kernel, null, step.from),
      () => renameLink(kernel, null, step.from, step.to),
    ]
  return [() => act(kernel, step)]
}

function act(kernel: Kernel, step: Exclude<NetworkStep, { kind: 'link-rename' }>): void {
  switch (step.kind) {
    case 'module':
      Object.assign(worldOf(kernel, null).sysctls, bridgeKeys)
      return
    case 'link-add':
      makeLink(kernel, step.link)
      return
    case 'link-set':
      setLink(kernel, step.at, step.name, step.to)
      return
    case 'link-delete':
      removeLink(kernel, null, step.name)
      return
    case 'namespace-add':
      addNamespace(kernel, step.name)
      return
    case 'namespace-delete':
      deleteNamespace(kernel, step.name)
      return
    case 'address-add':
      addAddress(kernel, step.at, step.address)
      return
    case 'address-delete':
      deleteAddress(kernel, step.at, step.address)
      return
    case 'route-set':
      replaceRoute(kernel, step.at, step.route)
      return
    case 'route-delete':
      deleteRoute(kernel, step.at, step.route)
      return
    case 'neighbour-set':
      replaceNeighbour(kernel, step.at, step.neighbour)
      return
    case 'neighbour-delete':
      deleteNeighbour(kernel, step.at, step.neighbour)
      return
    case 'rule-add':
      addRule(kernel, step.rule)
      return
    case 'rule-delete':
      deleteRule(kernel, step.rule)
      return
    case 'fdb-set':
      if (step.entry.destination === null) pinMac(kernel, step.entry)
      else appendDestination(kernel, step.entry)
      return
    case 'fdb-delete':
      deleteEntry(kernel, step.entry)
      return
    case 'fdb-forget':
      forgetMac(kernel, step.device, step.mac)
      return
    case 'sysctl-set':
      setSysctl(kernel, step.at, step)
      return
    case 'table-set':
      loadTable(kernel, step.at, step.table)
      return
    case 'table-change':
      changeTable(kernel, step.at, step.family, step.changes)
      return
    case 'table-delete':
      dropTable(kernel, step.at, step.family)
      return
    case 'mark':
      linkOf(kernel, null, step.link).alias = step.mark
      return
    case 'flush':
      worldOf(kernel, step.at)
      return
    case 'announce':
      linkOf(kernel, null, step.device)
  }
}

function makeLink(kernel: Kernel, link: NewLink): void {
  const near = newLink(link)
  if (link.kind !== 'veth') {
    addLink(kernel, null, near)
    return
  }
  const { name, mtu, mac, namespace } = link.peer
  const far = blank(name, 'veth', mtu)
  addPair(kernel, near, namespace, mac === null ? far : { ...far, mac })
}

function newLink(link: NewLink): Link {
  const made = {
    ...blank(
      link.name,
      link.kind,
      'mtu' in link ? link.mtu : link.kind === 'bridge' ? 65_535 : 1500,
    ),
    group: linkGroup,
  }
  switch (link.kind) {
    case 'vlan':
      return { ...made, vlan: { id: link.id, parent: link.parent } }
    case 'bridge':
      return { ...made, mac: link.mac, bridge: link.options }
    case 'vxlan': {
      const { id, port, local } = link
      return { ...made, vxlan: { id, port, local, learning: false } }
    }
    case 'veth':
      return made
  }
}

function setLink(kernel: Kernel, at: string | null, name: string, to: LinkSetting): void {
  const link = linkOf(kernel, at, name)
  switch (to.what) {
    case 'up':
      setUp(kernel, at, name)
      return
    case 'mtu':
      setMtu(kernel, at, name, to.mtu)
      return
    case 'mac':
      setMac(kernel, at, name, to.mac)
      return
    case 'group':
      link.group = linkGroup
      return
    case 'master':
      setMaster(kernel, at, name, to.master)
      return
    case 'nomaster':
      setMaster(kernel, at, name, null)
      return
    case 'bridge':
      if (link.kind !== 'bridge') throw new Error(`${name} is no bridge`)
      link.bridge = to.options
      return
    case 'vxlan':
      if (link.vxlan === null) throw new Error(`${name} is no VXLAN device`)
      link.vxlan = { ...link.vxlan, local: to.local, learning: false }
      return
    case 'port':
      if (link.port === null) throw new Error(`${name} is no port`)
      link.port = { ...link.port, ...to.flags }
  }
}

export function addNamespace(kernel: Kernel, name: string): void {
  if (kernel.worlds.has(name) || kernel.broken.has(name))
    throw new Error(`namespace ${name} exists`)
  kernel.worlds.set(name, emptyWorld(kernel))
}

/** The links inside go with it, and their other ends. */
export function deleteNamespace(kernel: Kernel, name: string): void {
  if (kernel.broken.delete(name)) return
  const { links } = worldOf(kernel, name)
  for (const link of [...links]) if (link.kind !== null) removeLink(kernel, name, link.name)
  kernel.worlds.delete(name)
}

interface Setting {
  readonly key: string
  readonly value: string
  readonly optional: boolean
}

export function setSysctl(
  kernel: Kernel,
  at: string | null,
  { key, value, optional }: Setting,
): void {
  const { sysctls } = worldOf(kernel, at)
  if (!(key in sysctls)) {
    if (optional) return
    throw new Error(`${key} does not exist`)
  }
  sysctls[key] = value
  if (key !== 'net/ipv6/conf/all/disable_ipv6') return
  for (const other of Object.keys(sysctls)) {
    if (other.endsWith('/disable_ipv6') && deviceIn(other) !== null) sysctls[other] = value
  }
}
