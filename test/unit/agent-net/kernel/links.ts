import type { BridgeOptions, Link, PortFlags } from '../../../../agent/host/index.ts'
import { appear, type Kernel, type KernelLink, linkOf, type World, worldOf } from './world.ts'

/** What the kernel does with links, and with what hangs on them. Each function throws what it refuses. */

const plainPort: PortFlags = { learning: true, neighSuppress: false, isolated: false }
const plainBridge: BridgeOptions = { forwardDelay: 1500, stp: 0, snooping: 1 }

type At = string | null

export function addLink(kernel: Kernel, at: At, link: Link): KernelLink {
  const { links } = worldOf(kernel, at)
  const { vxlan, vlan } = link
  if (vxlan !== null && links.some((other) => other.vxlan?.id === vxlan.id))
    throw new Error(`VNI ${vxlan.id} exists`)
  if (vlan !== null) {
    if (vlan.parent !== null) linkOf(kernel, at, vlan.parent)
    if (links.some((other) => other.vlan?.id === vlan.id && other.vlan.parent === vlan.parent))
      throw new Error(`VLAN ${vlan.id} of ${vlan.parent} exists`)
  }
  const bridge = link.kind === 'bridge' && link.bridge === null ? plainBridge : link.bridge
  return appear(kernel, at, { ...link, bridge })
}

/** Both ends or none. */
export function addPair(kernel: Kernel, near: Link, at: At, far: Link): void {
  for (const [where, { name }] of [[null, near] as const, [at, far] as const]) {
    if (worldOf(kernel, where).links.some((link) => link.name === name))
      throw new Error(`${name} exists`)
  }
  const one = appear(kernel, null, near)
  one.peer = appear(kernel, at, far, one.index).index
}

export function removeLink(kernel: Kernel, at: At, name: string): void {
  const { index, kind, peer } = linkOf(kernel, at, name)
  const world = worldOf(kernel, at)
  for (const link of world.links) if (link.master === name) leave(world, link)
  leave(world, linkOf(kernel, at, name))
  world.links = world.links.filter((link) => link.name !== name)
  const stays = ({ device }: { readonly device: string | null }) => device !== name
  world.addresses = world.addresses.filter(stays)
  world.routes = world.routes.filter(stays)
  world.neighbours = world.neighbours.filter(stays)
  // A VXLAN device keeps the destinations behind a device that is gone, by its number.
  world.fdb = world.fdb
    .filter(stays)
    .map((entry) => (entry.via === name ? { ...entry, via: `if${index}` } : entry))
  world.sysctls = Object.fromEntries(
    Object.entries(world.sysctls).filter(([key]) => deviceIn(key) !== name),
  )
  if (kernel.knobs.chainsDie) dropHooks(world, name)
  for (const child of world.links.filter(({ vlan }) => vlan?.parent === name))
    removeLink(kernel, at, child.name)
  if (kind === 'veth' && peer !== null) removePeer(kernel, peer)
}

function removePeer(kernel: Kernel, index: number): void {
  for (const [at, { links }] of kernel.worlds) {
    const other = links.find((link) => link.index === index)
    if (other === undefined) continue
    other.peer = null
    removeLink(kernel, at, other.name)
  }
}

export function renameLink(kernel: Kernel, at: At, from: string, to: string): void {
  const world = worldOf(kernel, at)
  if (world.links.some(({ name }) => name === to)) throw new Error(`${to} exists`)
  linkOf(kernel, at, from).name = to
  const renamed = <T extends { readonly device: string | null }>(item: T): T =>
    item.device === from ? { ...item, device: to } : item
  world.links = world.links.map((link) => ({
    ...link,
    master: link.master === from ? to : link.master,
    vlan: link.vlan?.parent === from ? { ...link.vlan, parent: to } : link.vlan,
  }))
  world.addresses = world.addresses.map(renamed)
  world.routes = world.routes.map(renamed)
  world.neighbours = world.neighbours.map(renamed)
  world.fdb = world.fdb
    .map(renamed)
    .map((entry) => (entry.via === from ? { ...entry, via: to } : entry))
  world.sysctls = Object.fromEntries(
    Object.entries(world.sysctls).map(([key, value]) =>
      deviceIn(key) === from ? [key.replace(`/${from}/`, `/${to}/`), value] : [key, value],
    ),
  )
}

/** Routes and neighbours go with the carrier an operator takes away; addresses and pins stay. */
export function setDown(kernel: Kernel, at: At, name: string): void {
  const link = linkOf(kernel, at, name)
  link.up = false
  forget(worldOf(kernel, at), name)
  for (const child of worldOf(kernel, at).links.filter(({ vlan }) => vlan?.parent === name))
    setDown(kernel, at, child.name)
}

/** The routes, neighbours and proxy entries of a device. */
export function forget(world: World, name: string): void {
  world.routes = world.routes.filter(({ device }) => device !== name)
  world.neighbours = world.neighbours.filter(({ device }) => device !== name)
}

export function setUp(kernel: Kernel, at: At, name: string): void {
  const link = linkOf(kernel, at, name)
  const { vlan } = link
  if (vlan?.parent != null && !linkOf(kernel, at, vlan.parent).up)
    throw new Error(`${vlan.parent} is down`)
  link.up = true
}

/** A new MAC makes the kernel forget the neighbours of the device, the permanent ones too. */
export function setMac(kernel: Kernel, at: At, name: string, mac: string): void {
  const link = linkOf(kernel, at, name)
  if (link.mac === mac) return
  link.mac = mac
  const world = worldOf(kernel, at)
  world.neighbours = world.neighbours.filter((entry) => entry.device !== name || entry.mac === null)
}

export function setMtu(kernel: Kernel, at: At, name: string, mtu: number): void {
  const link = linkOf(kernel, at, name)
  if (link.mtu === mtu) return
  link.mtu = mtu
  link.mtuIsSet = true
  follow(worldOf(kernel, at), link.master)
}

/** A bridge whose MTU nobody set has the least of its ports'. */
function follow(world: World, bridge: string | null): void {
  const link = world.links.find(({ name }) => name === bridge)
  if (link === undefined || link.mtuIsSet) return
  const ports = world.links.filter(({ master }) => master === bridge)
  link.mtu = ports.length === 0 ? 1500 : Math.min(...ports.map(({ mtu }) => mtu))
}

export function setMaster(kernel: Kernel, at: At, name: string, master: string | null): void {
  const world = worldOf(kernel, at)
  const link = linkOf(kernel, at, name)
  if (master !== null) {
    const bridge = linkOf(kernel, at, master)
    if (bridge.kind !== 'bridge') throw new Error(`${master} is no bridge`)
    if (link.kind === 'bridge') throw new Error(`${name} is a bridge itself`)
  }
  if (link.master === master) return
  leave(world, link)
  if (master === null) return
  link.master = master
  link.port = plainPort
  follow(world, master)
}

/** The bridge forgets what it knew behind a port that leaves. */
function leave(world: World, link: KernelLink): void {
  const { master } = link
  if (master === null) return
  link.master = null
  link.port = null
  follow(world, master)
  world.fdb = world.fdb.filter((entry) => entry.device !== link.name || entry.destination !== null)
}

function dropHooks(world: World, device: string): void {
  const dead = Object.keys(world.hooks).filter((chain) => world.hooks[chain] === device)
  world.hooks = Object.fromEntries(
    Object.entries(world.hooks).filter(([chain]) => !dead.includes(chain)),
  )
  world.tables = world.tables.map((table) =>
    table.family === 'netdev'
      ? {
          ...table,
          chains: Object.fromEntries(
            Object.entries(table.chains).filter(([chain]) => !dead.includes(chain)),
          ),
        }
      : table,
  )
}

/** The device a setting belongs to; null for the others. */
export function deviceIn(key: string): string | null {
  const device = /^net\/ipv[46]\/(?:conf|neigh)\/(.+)\/[^/]+$/.exec(key)?.[1]
  return device === undefined || device === 'all' || device === 'default' ? null : device
}
