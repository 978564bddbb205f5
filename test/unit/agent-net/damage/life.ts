import { addNamespace } from '../kernel/carry-out.ts'
import { addLink, addPair } from '../kernel/links.ts'
import { blank, createKernel, type Kernel, linkOf } from '../kernel/world.ts'
import {
  addressHand,
  bridge,
  type Deed,
  type Hand,
  hand,
  mtu,
  neighbourHand,
  plugInto,
  remove,
  route,
  routeHand,
  ruleHand,
  step,
  strangerMac,
  up,
} from './hand.ts'
import { bridgesNow, byName, choose, has, host, isTap, onOne, taps } from './victims.ts'

/** The stranger's bridge with an address and a port, made once. */
function docker(kernel: Kernel): Hand[] {
  if (has(kernel, 'docker0')) return []
  return [
    bridge('docker0'),
    up(null, 'docker0'),
    addressHand(null, 'docker0', '172.17.0.1/16'),
    hand(null, 'ip link add name vethd1 type veth peer name vethd2', (machine) =>
      addPair(machine, blank('vethd1', 'veth', 1500), null, blank('vethd2', 'veth', 1500)),
    ),
    plugInto('vethd1', 'docker0'),
  ]
}

/** What strangers, hypervisors and reboots do. */
export const life = {
  'strangers on the host': (kernel, { how }) => [
    ...docker(kernel),
    ...(host(kernel).addresses.some(({ device }) => device === 'docker0') &&
    linkOf(kernel, null, has(kernel, 'docker0') ? 'docker0' : 'eth0').up
      ? [routeHand(null, 'replace', route({ destination: `203.0.113.${how % 4}` }))]
      : []),
  ],
  "a stranger's rule": (kernel, { how }) => {
    const rule = { priority: 500 + (how % 3), iif: 'docker0', table: '200', protocol: 'boot' }
    const there = host(kernel).rules.some(({ priority }) => priority === rule.priority)
    return there ? [] : [ruleHand(rule)]
  },
  "a stranger's neighbour": (_, { how }) => [
    neighbourHand(null, {
      device: 'eth0',
      address: `51.15.0.${70 + (how % 3)}`,
      mac: how % 2 === 0 ? strangerMac : null,
      protocol: '',
    }),
  ],
  "a stranger's pin": (kernel) =>
    has(kernel, 'vethd1') && linkOf(kernel, null, 'vethd1').master !== null
      ? [
          step({
            kind: 'fdb-set',
            entry: {
              device: 'vethd1',
              mac: strangerMac,
              destination: null,
              via: null,
              state: 'static',
              sticky: false,
            },
          }),
        ]
      : [],
  "a stranger's VXLAN device": (kernel, { how }) => {
    const name = `vx${how % 2}`
    const id = how % 2 === 0 ? 9 : 106
    if (has(kernel, name) || host(kernel).links.some(({ vxlan }) => vxlan?.id === id)) return []
    return [
      hand(null, `ip link add name ${name} type vxlan id ${id} dstport 4789`, (it) => {
        const vxlan = { id, port: 4789, local: null, learning: true }
        addLink(it, null, { ...blank(name, 'vxlan', 1500), vxlan })
      }),
    ]
  },
  "a stranger's namespace": (kernel) =>
    kernel.worlds.has('other')
      ? []
      : [hand(null, 'ip netns add other', (it) => addNamespace(it, 'other'))],
  'virtual machine plugged in': (kernel, { pick, how }) => {
    const name = choose(taps, pick) ?? 'vnet3'
    const at = choose(
      bridgesNow(kernel).filter((link) => /^onebr/.test(link.name)),
      how,
    )?.name
    if (has(kernel, name) || at === undefined) return []
    return [
      hand(null, `ip tuntap add dev ${name} mode tap`, (it) => {
        addLink(it, null, blank(name, 'tun', 1500))
      }),
      mtu(null, name, 1450),
      plugInto(name, at),
      up(null, name),
    ]
  },
  'virtual machine unplugged': onOne(
    (kernel) => byName(host(kernel).links.filter(isTap)),
    ({ name }) => [remove(null, name)],
  ),
  'virtual machine on another bridge': onOne(
    (kernel) => byName(host(kernel).links.filter(isTap)),
    ({ name }, { how }, kernel) => [plugInto(name, choose(bridgesNow(kernel), how)?.name ?? null)],
  ),
  'no default route': (kernel) =>
    host(kernel)
      .routes.filter(({ destination, table }) => destination === 'default' && table === 'main')
      .map((entry) => step({ kind: 'route-delete', at: null, route: entry })),
  'default route elsewhere': (kernel) => [
    ...docker(kernel),
    ...(has(kernel, 'docker0') && !linkOf(kernel, null, 'docker0').up
      ? []
      : [
          routeHand(
            null,
            'replace',
            route({ destination: 'default', device: 'docker0', via: null }),
          ),
        ]),
  ],
  'default route again': () => [
    routeHand(null, 'replace', route({ destination: 'default', via: '51.15.0.1', device: 'eth0' })),
  ],
  reboot: (kernel) => [
    hand(null, null, (it) => {
      const { worlds, indexes } = createKernel(kernel.knobs)
      it.worlds.clear()
      it.broken.clear()
      for (const [at, world] of worlds) it.worlds.set(at, world)
      it.indexes += indexes
    }),
  ],
} as const satisfies Readonly<Record<string, Deed>>
