import type { BridgeOptions, Link, PortFlags, Stack } from '../host/index.ts'
import { linkGroup, linkNamed } from '../host/index.ts'
import type { LinkSetting, NetworkStep, NewLink } from './step.ts'
import {
  linkMtu,
  type Wanted,
  type WantedBridge,
  type WantedRouter,
  type WantedTunnel,
  type WantedUnderlay,
} from './wanted.ts'

export const add = (link: NewLink): NetworkStep => ({
  kind: 'link-add',
  link,
  sentence: `create ${link.kind} ${link.name}`,
})

export const set = (name: string, to: LinkSetting, at: string | null = null): NetworkStep => ({
  kind: 'link-set',
  at,
  name,
  to,
  sentence: `${settingTitle(name, to)}${at === null ? '' : ` in ${at}`}`,
})

const when = (condition: boolean, ...steps: NetworkStep[]): NetworkStep[] =>
  condition ? steps : []

/** The private network's device: made as a VLAN, or a device of its own that only gets the name. */
export function underlaySteps({ name, mtu, medium }: WantedUnderlay, host: Stack): NetworkStep[] {
  const present = linkNamed(host, name)
  if (present !== undefined)
    return [
      // In a bridge it would carry the bridge's frames, and its address none.
      ...when(present.master !== null, set(name, { what: 'nomaster' })),
      ...when(present.mtu !== mtu, set(name, { what: 'mtu', mtu })),
      ...when(!present.up, set(name, { what: 'up' })),
    ]
  if (medium.kind === 'vlan') {
    if (medium.parent === null) return []
    const { id, parent } = medium
    const elsewhere = host.links.find(({ vlan }) => vlan?.id === id && vlan.parent === parent)
    if (elsewhere !== undefined) return renamed(elsewhere, name, mtu)
    return [
      add({ kind: 'vlan', name, parent: medium.parent, id: medium.id }),
      set(name, { what: 'mtu', mtu }),
      set(name, { what: 'up' }),
    ]
  }
  if (medium.kind === 'refused') return []
  const device = linkNamed(host, medium.device)
  return device === undefined ? [] : renamed(device, name, mtu)
}

function renamed(link: Link, name: string, mtu: number): NetworkStep[] {
  return [
    renameStep(link.name, name),
    ...when(link.master !== null, set(name, { what: 'nomaster' })),
    ...when(link.mtu !== mtu, set(name, { what: 'mtu', mtu })),
    set(name, { what: 'up' }),
  ]
}

const renameStep = (from: string, to: string): NetworkStep => ({
  kind: 'link-rename',
  from,
  to,
  sentence: `rename ${from} to ${to}`,
})

/** A bridge of ours under another name: its MAC, made from its name, says whose it is. */
export function strayBridge(
  { bridges }: Pick<Wanted, 'bridges'>,
  { name, mac }: WantedBridge,
  host: Stack,
): Link | undefined {
  if (linkNamed(host, name) !== undefined) return undefined
  return host.links.find(
    (link) =>
      link.kind === 'bridge' &&
      link.group === linkGroup &&
      link.mac === mac &&
      !bridges.some((wanted) => wanted.name === link.name),
  )
}

export function bridgeSteps(bridge: WantedBridge, wanted: Wanted, host: Stack): NetworkStep[] {
  const { name, mtu, mac, options } = bridge
  const stray = strayBridge(wanted, bridge, host)
  if (stray !== undefined)
    return [renameStep(stray.name, name), ...changeSteps(bridge, { ...stray, name, up: false })]
  const present = linkNamed(host, name)
  if (present === undefined)
    return [
      add({ kind: 'bridge', name, mac, options }),
      // It follows its ports until its MTU is changed; setting the one it has is no change (br_change_mtu).
      set(name, { what: 'mtu', mtu }),
      set(name, { what: 'up' }),
    ]
  return changeSteps(bridge, present)
}

function changeSteps({ name, mtu, mac, options }: WantedBridge, present: Link): NetworkStep[] {
  return [
    ...when(present.group !== linkGroup, set(name, { what: 'group' })),
    ...when(present.mtu !== mtu, set(name, { what: 'mtu', mtu })),
    ...when(present.mac !== mac, set(name, { what: 'mac', mac })),
    ...when(!sameOptions(present.bridge, options), set(name, { what: 'bridge', options })),
    ...when(!present.up, set(name, { what: 'up' })),
  ]
}

export function tunnelSteps(
  { name, mtu, bridge, options, port }: WantedTunnel,
  host: Stack,
): NetworkStep[] {
  const present = linkNamed(host, name)
  if (present === undefined) {
    const { id, local } = options
    return [
      add({ kind: 'vxlan', name, mtu, id, port: options.port, local }),
      set(name, { what: 'master', master: bridge }),
      set(name, { what: 'port', flags: port }),
      set(name, { what: 'up' }),
    ]
  }
  const own = present.vxlan
  return [
    ...when(present.group !== linkGroup, set(name, { what: 'group' })),
    ...when(
      own?.local !== options.local || own.learning,
      set(name, { what: 'vxlan', local: options.local }),
    ),
    ...when(present.mtu !== mtu, set(name, { what: 'mtu', mtu })),
    ...portSteps(present, bridge, port),
    ...when(!present.up, set(name, { what: 'up' })),
  ]
}

/** Neither the VNI nor the UDP port of a device can be changed: it must be made anew. */
export function mustBeMadeAnew({ options }: WantedTunnel, present: Link): boolean {
  return present.vxlan?.id !== options.id || present.vxlan.port !== options.port
}

const routerFlags = { learning: false, neighSuppress: false, isolated: false }

const isStanding = ({ port, link }: WantedRouter, host: Stack): boolean =>
  linkNamed(host, port) !== undefined && linkNamed(host, link) !== undefined

/** The namespaces of routers that are not there: a phase of its own, so that one process makes all. */
export function namespaceSteps(routers: readonly WantedRouter[], host: Stack): NetworkStep[] {
  return routers
    .filter((router) => !isStanding(router, host))
    .map(({ namespace, title }) => ({
      kind: 'namespace-add',
      name: namespace,
      sentence: `create router namespace ${namespace} for ${title}`,
    }))
}

/** The host's side of a router namespace; created with the peers already inside. */
export function routerSteps(router: WantedRouter, gatewayMac: string, host: Stack): NetworkStep[] {
  const { namespace, bridge, mtu, port, link } = router
  const present = linkNamed(host, port)
  const uplink = linkNamed(host, link)
  if (present === undefined || uplink === undefined) {
    return [
      add({ kind: 'veth', name: port, mtu, peer: { name: 'r0', namespace, mtu, mac: gatewayMac } }),
      add({
        kind: 'veth',
        name: link,
        mtu: linkMtu,
        peer: { name: 'l0', namespace, mtu: linkMtu, mac: null },
      }),
      set(port, { what: 'master', master: bridge }),
      set(port, { what: 'port', flags: routerFlags }),
      set(port, { what: 'up' }),
      set(link, { what: 'up' }),
    ]
  }
  return [
    ...when(present.group !== linkGroup, set(port, { what: 'group' })),
    ...when(present.mtu !== mtu, set(port, { what: 'mtu', mtu })),
    ...portSteps(present, bridge, routerFlags),
    ...when(!present.up, set(port, { what: 'up' })),
    ...when(uplink.group !== linkGroup, set(link, { what: 'group' })),
    ...when(uplink.master !== null, set(link, { what: 'nomaster' })),
    ...when(uplink.mtu !== linkMtu, set(link, { what: 'mtu', mtu: linkMtu })),
    ...when(!uplink.up, set(link, { what: 'up' })),
  ]
}

/** Taps belong to OpenNebula; re-enslaving one resets its flags, so they are looked at every time. */
export function isolationSteps({ isolated }: Wanted, host: Stack): NetworkStep[] {
  return isolated
    .filter((name) => {
      const link = linkNamed(host, name)
      return link !== undefined && link.port?.isolated !== true
    })
    .map((name) => set(name, { what: 'port', flags: { isolated: true } }))
}

function portSteps(present: Link, bridge: string, flags: Partial<PortFlags>): NetworkStep[] {
  const setFlags = set(present.name, { what: 'port', flags })
  // Enslaving resets every flag.
  if (present.master !== bridge)
    return [set(present.name, { what: 'master', master: bridge }), setFlags]
  const names = Object.keys(flags) as (keyof PortFlags)[]
  return when(
    names.some((name) => present.port?.[name] !== flags[name]),
    setFlags,
  )
}

function sameOptions(a: BridgeOptions | null, b: BridgeOptions): boolean {
  return (
    a !== null && a.forwardDelay === b.forwardDelay && a.stp === b.stp && a.snooping === b.snooping
  )
}

function settingTitle(name: string, to: LinkSetting): string {
  switch (to.what) {
    case 'up':
      return `bring ${name} up`
    case 'mtu':
      return `set MTU of ${name} to ${to.mtu}`
    case 'mac':
      return `set MAC of ${name} to ${to.mac}`
    case 'group':
      return `mark ${name} as ours`
    case 'master':
      return `plug ${name} into ${to.master}`
    case 'nomaster':
      return `take ${name} out of its bridge`
    case 'bridge':
      return `set bridge options of ${name}`
    case 'vxlan':
      return `set VXLAN source of ${name} to ${to.local}, without learning`
    case 'port':
      return `set port flags of ${name}: ${Object.entries(to.flags)
        .map(([flag, on]) => `${flag} ${on ? 'on' : 'off'}`)
        .join(', ')}`
  }
}
