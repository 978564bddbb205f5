import { emptyStack, type Link, type Observed, type Stack } from '../../../agent/host/index.ts'
import { type ElementChange, shapeOf } from '../../../agent/nat/index.ts'
import type { LinkSetting, NetworkStep, NewLink } from '../../../agent/plan/step.ts'

/**
 * A kernel of plain values that carries out steps, and refuses what the real one refuses: a link that
 * exists, a device that is absent, a VNI taken twice, a change of a VXLAN's port. Strict on purpose.
 */
export interface Model {
  observed(): Observed
  apply(steps: readonly NetworkStep[]): void
  /** Plugs a tap as a hypervisor does; flags at the kernel's defaults. */
  plug(name: string, bridge: string): void
  unplug(name: string): void
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer I)[] ? I[] : T[K] }
type World = Mutable<Stack>

export function createModel(): Model {
  const worlds = new Map<string | null, World>([[null, hostWorld()]])

  const world = (at: string | null): World => {
    const found = worlds.get(at)
    if (found === undefined) throw new Error(`namespace ${at} does not exist`)
    return found
  }
  const host = (): World => world(null)
  const find = (at: string | null, name: string): Mutable<Link> => {
    const link = world(at).links.find((candidate) => candidate.name === name)
    if (link === undefined) throw new Error(`${name} does not exist`)
    return link as Mutable<Link>
  }
  const absent = (at: string | null, name: string): void => {
    if (world(at).links.some((link) => link.name === name)) throw new Error(`${name} exists`)
  }

  const remove = (at: string | null, name: string): void => {
    find(at, name)
    const stack = world(at)
    const stays = ({ device }: { readonly device: string | null }) => device !== name
    stack.links = stack.links
      .filter((link) => link.name !== name)
      .map((link) => (link.master === name ? { ...link, master: null, port: null } : link))
    stack.addresses = stack.addresses.filter(stays)
    stack.routes = stack.routes.filter(stays)
    stack.neighbours = stack.neighbours.filter(stays)
    stack.fdb = stack.fdb.filter(stays)
    // The other end of a veth goes with it.
    const peer = /^fx([rl])(\d+)$/.exec(name)
    const namespace = `fx${peer?.[2]}`
    if (at === null && peer !== null && worlds.has(namespace)) {
      const inner = `${peer[1]}0`
      if (world(namespace).links.some((link) => link.name === inner)) remove(namespace, inner)
    }
  }

  const add = (link: NewLink): void => {
    absent(null, link.name)
    if (link.kind === 'vxlan' && host().links.some(({ vxlan }) => vxlan?.id === link.id))
      throw new Error(`VNI ${link.id} exists`)
    if (link.kind === 'vlan') find(null, link.parent)
    host().links.push(newLink(link))
    if (link.kind === 'veth') {
      absent(link.peer.namespace, link.peer.name)
      world(link.peer.namespace).links.push(blank(link.peer.name, 'veth', link.peer.mtu))
    }
  }

  const setLink = (at: string | null, name: string, to: LinkSetting): void => {
    const link = find(at, name)
    switch (to.what) {
      case 'up':
        link.up = true
        return
      case 'mtu':
        link.mtu = to.mtu
        return
      case 'mac':
        link.mac = to.mac
        return
      case 'group':
        link.group = '77'
        return
      case 'master':
        find(null, to.master)
        link.master = to.master
        link.port = { learning: true, neighSuppress: false, isolated: false }
        host().fdb = host().fdb.filter(
          ({ device, destination }) => device !== name || destination !== null,
        )
        return
      case 'bridge':
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

  const carryOut = (step: NetworkStep): void => {
    switch (step.kind) {
      case 'module':
        for (const key of ['iptables', 'ip6tables'])
          setSysctl(host(), `net/bridge/bridge-nf-call-${key}`, '1')
        return
      case 'link-rename': {
        absent(null, step.to)
        const link = find(null, step.from)
        link.name = step.to
        link.up = false
        return
      }
      case 'link-add':
        add(step.link)
        return
      case 'link-set':
        setLink(step.at, step.name, step.to)
        return
      case 'link-delete':
        remove(null, step.name)
        return
      case 'namespace-add':
        if (worlds.has(step.name)) throw new Error(`namespace ${step.name} exists`)
        worlds.set(step.name, { ...copy(emptyStack), links: [blank('lo', null, 65536)] })
        return
      case 'namespace-delete': {
        world(step.name)
        for (const prefix of ['fxr', 'fxl']) {
          const name = step.name.replace('fx', prefix)
          if (host().links.some((link) => link.name === name)) remove(null, name)
        }
        worlds.delete(step.name)
        return
      }
      case 'address-add':
        find(step.at, step.address.device)
        world(step.at).addresses.push(step.address)
        return
      case 'address-delete':
        drop(world(step.at).addresses, step.address)
        return
      case 'route-set': {
        const stack = world(step.at)
        if (step.route.device !== null) find(step.at, step.route.device)
        stack.routes = stack.routes.filter(
          ({ table, destination, metric }) =>
            table !== step.route.table ||
            destination !== step.route.destination ||
            metric !== step.route.metric,
        )
        stack.routes.push(step.route)
        return
      }
      case 'route-delete':
        drop(world(step.at).routes, step.route)
        return
      case 'neighbour-set': {
        const stack = world(step.at)
        find(step.at, step.neighbour.device)
        stack.neighbours = stack.neighbours.filter(
          ({ device, address, mac }) =>
            device !== step.neighbour.device ||
            address !== step.neighbour.address ||
            (mac === null) !== (step.neighbour.mac === null),
        )
        stack.neighbours.push(step.neighbour)
        return
      }
      case 'neighbour-delete':
        drop(world(step.at).neighbours, step.neighbour)
        return
      case 'rule-add':
        host().rules.push(step.rule)
        return
      case 'rule-delete':
        drop(host().rules, step.rule)
        return
      case 'fdb-set': {
        const link = find(null, step.entry.device)
        if (step.entry.destination === null && link.master === null)
          throw new Error(`${link.name} has no bridge`)
        host().fdb.push(step.entry)
        return
      }
      case 'fdb-delete':
        drop(host().fdb, step.entry)
        return
      case 'sysctl-set': {
        const device = /\/(?:conf|neigh)\/(.+)\/[^/]+$/.exec(step.key)?.[1]
        if (device !== undefined && device !== 'all' && device !== 'default') find(step.at, device)
        setSysctl(world(step.at), step.key, step.value)
        return
      }
      case 'table-set': {
        const stack = world(step.at)
        for (const { hook } of step.table.chains) {
          const device = /device "(.+)" /.exec(hook)?.[1]
          if (device !== undefined) find(step.at, device)
        }
        stack.tables = stack.tables.filter(({ family }) => family !== step.table.family)
        stack.tables.push(shapeOf(step.table))
        return
      }
      case 'table-change': {
        const stack = world(step.at)
        const found = stack.tables.find(({ family }) => family === step.family)
        if (found === undefined) throw new Error(`table ${step.family} does not exist`)
        const elements = step.changes.reduce(changeElements, found.elements)
        stack.tables = stack.tables.map((table) =>
          table === found ? { ...found, elements } : table,
        )
        return
      }
      case 'table-delete':
        world(step.at).tables = world(step.at).tables.filter(({ family }) => family !== step.family)
        return
      case 'mark':
        find(null, step.link).alias = step.mark
        return
      case 'flush':
        world(step.namespace)
        return
      case 'announce':
        find(null, step.device)
    }
  }

  return {
    observed: () => {
      const inside = [...worlds].flatMap(([name, stack]) =>
        name === null ? [] : [[name, copy(stack)] as const],
      )
      return {
        host: copy(host()),
        namespaces: inside.map(([name]) => name),
        broken: [],
        inside: Object.fromEntries(inside),
      }
    },
    apply(steps) {
      for (const step of steps) {
        try {
          carryOut(step)
        } catch (error) {
          throw new Error(`"${step.sentence}": ${error instanceof Error ? error.message : error}`)
        }
      }
    },
    unplug: (name) => remove(null, name),
    plug(name, bridge) {
      host().links.push({
        ...blank(name, 'tun', 1450),
        master: bridge,
        port: { learning: true, neighSuppress: false, isolated: false },
      })
    },
  }
}

/** A server as it is delivered: a public NIC with a default route, a second one unnamed. */
function hostWorld(): World {
  return {
    ...copy(emptyStack),
    links: [
      blank('lo', null, 65536),
      { ...blank('eth0', null, 1500), up: true },
      blank('eth1', null, 1500),
    ],
    routes: [
      {
        table: 'main',
        type: 'unicast',
        destination: 'default',
        via: '51.15.0.1',
        device: 'eth0',
        source: null,
        metric: 0,
        protocol: 'boot',
      },
    ],
    sysctls: { 'net/ipv4/ip_forward': '0' },
  }
}

export function blank(name: string, kind: string | null, mtu: number): Link {
  return {
    name,
    kind,
    up: false,
    mtu,
    mac: '0a:00:00:00:00:01',
    group: 'default',
    master: null,
    alias: '',
    bridge: null,
    vxlan: null,
    vlan: null,
    port: null,
  }
}

function newLink(link: NewLink): Link {
  const made = { ...blank(link.name, link.kind, 'mtu' in link ? link.mtu : 1500), group: '77' }
  switch (link.kind) {
    case 'vlan':
      return { ...made, vlan: { id: link.id, parent: link.parent } }
    case 'bridge':
      return { ...made, mac: link.mac, bridge: link.options }
    case 'vxlan':
      return {
        ...made,
        vxlan: { id: link.id, port: link.port, local: link.local, learning: false },
      }
    case 'veth':
      return made
  }
}

const copy = <T>(stack: T): Mutable<T> => structuredClone(stack) as Mutable<T>

type Elements = Readonly<Record<string, readonly string[]>>

/** As nft does it: what is deleted must be there, and a key that is there may not get another value. */
function changeElements(elements: Elements, { set, remove, add }: ElementChange): Elements {
  const keyOf = (element: string) => element.split(' : ')[0] ?? ''
  const found = elements[set]
  if (found === undefined) throw new Error(`set ${set} does not exist`)
  const bare = (texts: readonly string[]) => texts.map((text) => text.replaceAll('"', ''))
  const left = new Map(found.map((element) => [keyOf(element), element]))
  for (const key of bare(remove)) if (!left.delete(key)) throw new Error(`${key} is not in ${set}`)
  for (const element of bare(add)) {
    if (left.has(keyOf(element))) throw new Error(`${element} is in ${set}`)
    left.set(keyOf(element), element)
  }
  return { ...elements, [set]: [...left.values()].sort() }
}

function setSysctl(stack: World, key: string, value: string): void {
  stack.sysctls = { ...stack.sysctls, [key]: value }
}

function drop<T>(list: T[], item: T): void {
  const at = list.findIndex((candidate) => JSON.stringify(candidate) === JSON.stringify(item))
  if (at < 0) throw new Error(`${JSON.stringify(item)} is not there`)
  list.splice(at, 1)
}
