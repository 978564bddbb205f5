import fc from 'fast-check'
import type { FdbEntry, Neighbour, Route, Rule, TableShape } from '../../../agent/host/index.ts'
import { gatewayMac, isOurNamespace } from '../../../agent/host/index.ts'
import { bridgeLines, ipLines } from '../../../agent/link/index.ts'
import type { Change, NetworkStep } from '../../../agent/plan/step.ts'
import { addNamespace, carryOut, setSysctl } from './kernel/carry-out.ts'
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
} from './kernel/links.ts'
import { addAddress, addRule, appendRoute, replaceRoute } from './kernel/stack.ts'
import {
  blank,
  createKernel,
  emptyWorld,
  type Kernel,
  type KernelLink,
  linkOf,
  worldOf,
} from './kernel/world.ts'

/**
 * What hands, stock drivers, crashes and reboots do to a host: each damage finds its victim in the
 * state it meets, and is a line of a shell for the real kernel and its effect for the model.
 */
export interface Damage {
  readonly what: DamageName
  /** Which of the possible victims. */
  readonly pick: number
  /** Which of the possible ways. */
  readonly how: number
}

/** One thing done: the line for a real host, null where only a model can, and the same to the model. */
export interface Hand {
  readonly at: string | null
  readonly line: string | null
  readonly act: (kernel: Kernel) => void
}

type At = string | null
type Deed = (kernel: Kernel, damage: Damage) => readonly Hand[]

const ourName = /^(fx[rl]\d+|onebr\d+|scwpn(\.\d+)?)$/
const strangerMac = '0a:00:00:00:00:77'

const choose = <T>(items: readonly T[], pick: number): T | undefined => items[pick % items.length]
const host = (kernel: Kernel) => worldOf(kernel, null)
const byName = <T extends { readonly name: string }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => (a.name < b.name ? -1 : 1))
const has = (kernel: Kernel, name: string, at: At = null): boolean =>
  worldOf(kernel, at).links.some((link) => link.name === name)

const hand = (at: At, line: string | null, act: Hand['act']): Hand => ({ at, line, act })
const step = (change: Change): Hand => {
  const whole: NetworkStep = { ...change, sentence: 'a hand' }
  const lines = [
    ...ipLines(whole).map((line) => `ip ${line}`),
    ...bridgeLines(whole).map((line) => `bridge ${line}`),
  ]
  const at = 'at' in whole ? whole.at : null
  return hand(at, lines.join('\n'), (kernel) => carryOut(kernel, whole))
}

/** A link of ours, the device the underlay was made of excepted: hardware is not deleted. */
function ours(kernel: Kernel, filter: (link: KernelLink) => boolean = () => true): KernelLink[] {
  return byName(
    host(kernel).links.filter(
      (link) => ourName.test(link.name) && (link.name !== 'scwpn' || link.vlan !== null),
    ),
  ).filter(filter)
}

const onOne =
  (victims: (kernel: Kernel) => readonly KernelLink[], deed: LinkDeed): Deed =>
  (kernel, damage) => {
    const victim = choose(victims(kernel), damage.pick)
    return victim === undefined ? [] : deed(victim, damage, kernel)
  }
type LinkDeed = (link: KernelLink, damage: Damage, kernel: Kernel) => readonly Hand[]

const withScwpn = (kernel: Kernel) =>
  byName(host(kernel).links.filter(({ name }) => ourName.test(name)))
const ports = (kernel: Kernel) => ours(kernel, ({ name }) => /^(fxr|scwpn\.)/.test(name))

/** A router namespace of ours that can be entered, and one of its devices. */
function within(
  kernel: Kernel,
  pick: number,
  names: readonly string[] = ['l0', 'r0'],
): { at: string; device: KernelLink } | undefined {
  const all = [...kernel.worlds.keys()]
    .filter((name) => name !== null)
    .filter((name) => isOurNamespace(name) && !kernel.broken.has(name))
    .sort()
    .flatMap((at) =>
      worldOf(kernel, at)
        .links.filter(({ name }) => names.includes(name))
        .map((device) => ({ at, device })),
    )
  return choose(all, pick)
}

const inside =
  (deed: (at: string, device: KernelLink, damage: Damage, kernel: Kernel) => readonly Hand[]) =>
  (kernel: Kernel, damage: Damage): readonly Hand[] => {
    const place = within(kernel, damage.pick)
    return place === undefined ? [] : deed(place.at, place.device, damage, kernel)
  }

const stacks = (kernel: Kernel): At[] => [
  null,
  ...[...kernel.worlds.keys()]
    .filter((name) => name !== null)
    .filter((name) => isOurNamespace(name) && !kernel.broken.has(name))
    .sort(),
]

const onRoute =
  (deed: (at: At, route: Route, damage: Damage, kernel: Kernel) => readonly Hand[]): Deed =>
  (kernel, damage) => {
    const all = stacks(kernel).flatMap((at) =>
      worldOf(kernel, at)
        .routes.filter(({ protocol }) => protocol === '88')
        .map((route) => [at, route] as const),
    )
    const [at, route] = choose(all, damage.pick) ?? []
    return at === undefined || route === undefined ? [] : deed(at, route, damage, kernel)
  }

const onNeighbour =
  (deed: (at: At, neighbour: Neighbour, damage: Damage) => readonly Hand[]): Deed =>
  (kernel, damage) => {
    const all = stacks(kernel).flatMap((at) =>
      worldOf(kernel, at)
        .neighbours.filter(({ protocol }) => protocol === '88')
        .map((neighbour) => [at, neighbour] as const),
    )
    const [at, neighbour] = choose(all, damage.pick) ?? []
    return at === undefined || neighbour === undefined ? [] : deed(at, neighbour, damage)
  }

const onTable =
  (deed: (at: At, table: TableShape, damage: Damage) => readonly Hand[]): Deed =>
  (kernel, damage) => {
    const all = stacks(kernel).flatMap((at) =>
      worldOf(kernel, at)
        .tables.toSorted((a, b) => (a.family < b.family ? -1 : 1))
        .map((table) => [at, table] as const),
    )
    const [at, table] = choose(all, damage.pick) ?? []
    return at === undefined || table === undefined ? [] : deed(at, table, damage)
  }

const retable = (at: At, line: string, table: TableShape, changed: Partial<TableShape>): Hand =>
  hand(at, `nft '${line}'`, (kernel) => {
    const world = worldOf(kernel, at)
    world.tables = world.tables.map((other) =>
      other.family === table.family ? { ...other, ...changed } : other,
    )
  })

const route = (changes: Partial<Route>): Route => ({
  table: 'main',
  type: 'unicast',
  destination: '203.0.113.0/24',
  via: null,
  device: 'docker0',
  source: null,
  metric: 0,
  protocol: 'boot',
  ...changes,
})

const routeHand = (at: At, verb: 'replace' | 'append', entry: Route): Hand =>
  hand(
    at,
    `ip ${ipLines({ kind: 'route-set', at, route: entry, sentence: '' })
      .join('\n')
      .replace('replace', verb)}`,
    (kernel) =>
      verb === 'append' ? appendRoute(kernel, at, entry) : replaceRoute(kernel, at, entry),
  )

const neighbourHand = (at: At, { device, address, mac, protocol }: Neighbour): Hand =>
  hand(
    at,
    `ip neighbour replace ${mac === null ? `proxy ${address}` : `${address} lladdr ${mac}`} dev ${device}${
      mac === null ? '' : ' nud permanent'
    }${protocol === '' ? '' : ` protocol ${protocol}`}`,
    (kernel) =>
      carryOut(kernel, {
        kind: 'neighbour-set',
        at,
        neighbour: { device, address, mac, protocol },
        sentence: '',
      }),
  )

const addressHand = (at: At, device: string, address: string): Hand =>
  hand(at, `ip address replace ${address} dev ${device}`, (kernel) =>
    addAddress(kernel, at, { device, address }),
  )

const ruleHand = (rule: Rule): Hand =>
  hand(
    null,
    `ip rule add pref ${rule.priority} iif ${rule.iif} lookup ${rule.table} protocol ${rule.protocol}`,
    (kernel) => addRule(kernel, rule),
  )

const down = (at: At, name: string): Hand =>
  hand(at, `ip link set dev ${name} down`, (kernel) => setDown(kernel, at, name))
const up = (at: At, name: string): Hand =>
  hand(at, `ip link set dev ${name} up`, (kernel) => setUp(kernel, at, name))
const rename = (at: At, name: string, to: string): Hand =>
  hand(at, `ip link set dev ${name} name ${to}`, (kernel) => renameLink(kernel, at, name, to))
const remove = (at: At, name: string): Hand =>
  hand(at, `ip link delete dev ${name}`, (kernel) => removeLink(kernel, at, name))
const plugInto = (name: string, master: string | null): Hand =>
  hand(
    null,
    `ip link set dev ${name} ${master === null ? 'nomaster' : `master ${master}`}`,
    (kernel) => setMaster(kernel, null, name, master),
  )
const mtu = (at: At, name: string, value: number): Hand =>
  hand(at, `ip link set dev ${name} mtu ${value}`, (kernel) => setMtu(kernel, at, name, value))
const mac = (at: At, name: string): Hand =>
  hand(at, `ip link set dev ${name} address ${strangerMac}`, (kernel) =>
    setMac(kernel, at, name, strangerMac),
  )
const bridge = (name: string): Hand =>
  hand(null, `ip link add name ${name} type bridge`, (kernel) => {
    addLink(kernel, null, blank(name, 'bridge', 1500))
  })

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

const wrongSysctls: Readonly<Record<string, string>> = {
  ip_forward: '0',
  ip_nonlocal_bind: '0',
  send_redirects: '1',
  rp_filter: '1',
  arp_ignore: '0',
  proxy_delay: '80',
  disable_ipv6: '0',
  'bridge-nf-call-iptables': '0',
  'bridge-nf-call-ip6tables': '0',
}

const taps = ['one-1-0', 'one-2-0', 'one-3-0', 'one-4-0', 'one-99-0', 'vnet3'] as const
const bridgesNow = (kernel: Kernel) =>
  byName(host(kernel).links.filter(({ kind }) => kind === 'bridge'))
const isTap = ({ name }: { readonly name: string }): boolean => /^(one-|vnet)/.test(name)

const deeds = {
  'link deleted': onOne(ours, ({ name }) => [remove(null, name)]),
  'link renamed': onOne(ours, ({ name }, { how }, kernel) =>
    has(kernel, `odd${how % 3}`) ? [] : [rename(null, name, `odd${how % 3}`)],
  ),
  'link down': onOne(withScwpn, ({ name }) => [down(null, name)]),
  'link down and up again': onOne(withScwpn, ({ name, vlan }, _, kernel) =>
    vlan?.parent != null && !linkOf(kernel, null, vlan.parent).up
      ? []
      : [down(null, name), up(null, name)],
  ),
  'other MTU': onOne(withScwpn, ({ name }) => [mtu(null, name, 1380)]),
  'other MAC': onOne(ours, ({ name }) => [mac(null, name)]),
  'other group': onOne(ours, ({ name }) => [
    hand(null, `ip link set dev ${name} group default`, (kernel) => {
      linkOf(kernel, null, name).group = 'default'
    }),
  ]),
  'other alias': onOne(ours, ({ name, alias }, { how }, kernel) => {
    // A hand's word, nothing, or the mark of another namespace.
    const marks = ours(kernel, (link) => link.alias !== '' && link.alias !== alias)
    const text = choose(['a-hand', '', ...marks.map((link) => link.alias)], how) ?? ''
    return [
      hand(null, `ip link set dev ${name} alias '${text}'`, (machine) => {
        linkOf(machine, null, name).alias = text
      }),
    ]
  }),
  'other bridge': onOne(
    (kernel) => withScwpn(kernel).filter(({ kind }) => kind !== 'bridge'),
    ({ name }, { how }, kernel) => {
      const masters = [null, ...bridgesNow(kernel).map((link) => link.name)]
      return [plugInto(name, choose(masters, how) ?? null)]
    },
  ),
  'other port flags': onOne(
    (kernel) => ports(kernel).filter(({ port }) => port !== null),
    ({ name, port }, { how }) => {
      const flag = choose(['learning', 'neighSuppress', 'isolated'] as const, how) ?? 'learning'
      const flags = { [flag]: !(port?.[flag] ?? false) }
      return [step({ kind: 'link-set', at: null, name, to: { what: 'port', flags } })]
    },
  ),
  'other bridge options': onOne(
    (kernel) => ours(kernel, ({ kind }) => kind === 'bridge'),
    ({ name }) => [
      step({
        kind: 'link-set',
        at: null,
        name,
        to: { what: 'bridge', options: { forwardDelay: 1500, stp: 0, snooping: 1 } },
      }),
    ],
  ),
  'other VXLAN device': onOne(
    (kernel) => ours(kernel, ({ vxlan }) => vxlan !== null),
    ({ name, vxlan, master }, { how }) => {
      const { id = 0 } = vxlan ?? {}
      const other = [
        { id: id + 50, port: 4789, local: '10.180.0.11', learning: false },
        { id, port: 8472, local: '10.180.0.11', learning: true },
        { id, port: 4789, local: '10.180.0.99', learning: true },
        { id, port: 4789, local: null, learning: true },
      ][how % 4]
      if (other === undefined) return []
      const words = `id ${other.id} dstport ${other.port}${
        other.local === null ? '' : ` local ${other.local}`
      }${other.learning ? '' : ' nolearning'}`
      return [
        remove(null, name),
        hand(null, `ip link add name ${name} type vxlan ${words}`, (kernel) => {
          addLink(kernel, null, { ...blank(name, 'vxlan', 1500), vxlan: other })
        }),
        mtu(null, name, 1450),
        ...(how % 2 === 0 && master !== null ? [plugInto(name, master)] : []),
      ]
    },
  ),
  'another kind under our name': (kernel, { pick, how }) => {
    const names = ['onebr5', 'onebr6', 'onebr4', 'scwpn.105', 'scwpn.106', 'fxr5', 'fxl4', 'fxl6']
    const name = choose(names, pick) ?? 'onebr5'
    const gone = has(kernel, name) ? [remove(null, name)] : []
    if (name.startsWith('onebr') && how % 2 === 0)
      return [
        ...gone,
        hand(null, `ip link add name ${name} type vxlan id ${4000 + pick} dstport 4790`, (it) => {
          const vxlan = { id: 4000 + pick, port: 4790, local: null, learning: true }
          addLink(it, null, { ...blank(name, 'vxlan', 1500), vxlan })
        }),
      ]
    return [...gone, bridge(name), ...(how % 3 === 0 ? [up(null, name)] : [])]
  },
  'stock bridge': onOne(
    (kernel) => ours(kernel, ({ kind }) => kind === 'bridge'),
    ({ name }) => [remove(null, name), bridge(name), up(null, name)],
  ),
  'address missing': (kernel, { pick }) => {
    const all = host(kernel).addresses.filter(({ device }) => ourName.test(device))
    const address = choose(all, pick)
    return address === undefined ? [] : [step({ kind: 'address-delete', at: null, address })]
  },
  'address extra': onOne(withScwpn, ({ name }, { how }) => [
    addressHand(null, name, ['10.66.0.1/24', '10.180.0.77/22', '172.30.0.1/24'][how % 3] ?? ''),
  ]),
  'address other': (kernel, { pick, how }) => {
    const all = host(kernel).addresses.filter(({ device }) => ourName.test(device))
    const address = choose(all, pick)
    if (address === undefined) return []
    const other = ['10.180.0.78/22', '10.67.0.1/31'][how % 2] ?? ''
    return [
      step({ kind: 'address-delete', at: null, address }),
      addressHand(null, address.device, other),
    ]
  },
  'route deleted': onRoute((at, entry) => [step({ kind: 'route-delete', at, route: entry })]),
  'route changed': onRoute((at, entry, { how }) => {
    const protocol = how % 2 === 0 ? 'boot' : '88'
    const changed: Route = {
      ...entry,
      type: 'unreachable',
      via: null,
      device: null,
      source: null,
      protocol,
    }
    return entry.type === 'unreachable' && protocol === '88'
      ? []
      : [routeHand(at, 'replace', changed)]
  }),
  'route doubled': onRoute((at, entry, _, kernel) => {
    const twin: Route = {
      ...entry,
      type: 'unreachable',
      via: null,
      device: null,
      source: null,
    }
    const there = worldOf(kernel, at).routes.some(
      (other) =>
        other.type === 'unreachable' &&
        other.destination === entry.destination &&
        other.table === entry.table &&
        other.metric === entry.metric,
    )
    return there ? [] : [routeHand(at, 'append', twin)]
  }),
  'route extra': (kernel, { pick, how }) => {
    const tables = ['main', ...new Set(host(kernel).rules.map(({ table }) => table))]
    const entry = route({
      destination: `203.0.113.${pick % 4}`,
      via: '51.15.0.1',
      device: 'eth0',
      table: choose(tables, how) ?? 'main',
      protocol: '88',
    })
    return [routeHand(null, 'replace', entry)]
  },
  "route of the stock driver's": (kernel, { pick }) =>
    has(kernel, 'onebr4') && linkOf(kernel, null, 'onebr4').up
      ? [
          routeHand(
            null,
            'replace',
            route({ destination: `100.64.0.${2 * (pick % 5) + 1}`, device: 'onebr4' }),
          ),
          neighbourHand(null, {
            device: 'onebr4',
            address: `100.64.0.${2 * (pick % 5)}`,
            mac: null,
            protocol: '',
          }),
        ]
      : [],
  'rule deleted': (kernel, { pick }) => {
    const rule = choose(
      host(kernel).rules.filter(({ protocol }) => protocol === '88'),
      pick,
    )
    return rule === undefined ? [] : [step({ kind: 'rule-delete', rule })]
  },
  'rule extra': (kernel, { pick, how }) => {
    const rule = {
      priority: 1000 + (how % 2),
      iif: `fxl${4 + (pick % 6)}`,
      table: how % 3 === 0 ? '200' : `${100_004 + (pick % 6)}`,
      protocol: '88',
    }
    const there = host(kernel).rules.some(
      ({ priority, iif, table }) =>
        priority === rule.priority && iif === rule.iif && table === rule.table,
    )
    return there ? [] : [ruleHand(rule)]
  },
  'neighbour deleted': onNeighbour((at, neighbour) => [
    step({ kind: 'neighbour-delete', at, neighbour }),
  ]),
  'neighbour changed': onNeighbour((at, neighbour, { how }) =>
    neighbour.mac === null
      ? []
      : [
          neighbourHand(at, {
            ...neighbour,
            mac: how % 2 === 0 ? strangerMac : neighbour.mac,
            protocol: how % 3 === 0 ? '' : '88',
          }),
        ],
  ),
  'neighbour extra': (kernel, { pick, how }) => {
    const devices = byName(host(kernel).links.filter(({ name }) => /^(onebr\d+|eth0)$/.test(name)))
    const device = choose(devices, pick)?.name
    if (device === undefined) return []
    const entry = { device, address: `172.30.0.${90 + (how % 3)}`, protocol: '88' }
    return [neighbourHand(null, { ...entry, mac: how % 2 === 0 ? strangerMac : null })]
  },
  'forwarding entry deleted': (kernel, { pick }) => {
    const entry = choose(host(kernel).fdb, pick)
    if (entry === undefined) return []
    if (entry.via !== null && !has(kernel, entry.via)) return []
    return [deleteFdb(entry)]
  },
  'flood destination extra': onOne(
    (kernel) => ours(kernel, ({ vxlan }) => vxlan !== null),
    ({ name }, { how }, kernel) => {
      if (!has(kernel, 'scwpn')) return []
      const entry: FdbEntry = {
        device: name,
        mac: '00:00:00:00:00:00',
        destination: `10.180.0.${90 + (how % 3)}`,
        via: 'scwpn',
        state: how % 2 === 0 ? 'permanent' : 'static',
        sticky: false,
      }
      return [step({ kind: 'fdb-set', entry })]
    },
  ),
  'pin moved': onOne(
    (kernel) => host(kernel).links.filter(({ master }) => master !== null),
    ({ name }, { how }) => [
      step({
        kind: 'fdb-set',
        entry: {
          device: name,
          mac: gatewayMac,
          destination: null,
          via: null,
          state: 'static',
          sticky: how % 2 === 0,
        },
      }),
    ],
  ),
  'table deleted': onTable((at, { family }) => [
    hand(at, `nft delete table ${family} fx`, (kernel) => {
      const world = worldOf(kernel, at)
      world.tables = world.tables.filter((other) => other.family !== family)
    }),
  ]),
  'element extra': onTable((at, table, { how }) => {
    const name = choose(['unarmed', 'elastics', 'vteps', 'vms'], how) ?? ''
    const elements = table.elements[name]
    if (elements === undefined || elements.includes('9.9.9.9')) return []
    return [
      retable(at, `add element ${table.family} fx ${name} { 9.9.9.9 }`, table, {
        elements: { ...table.elements, [name]: [...elements, '9.9.9.9'].sort() },
      }),
    ]
  }),
  'element deleted': onTable((at, table, { how }) => {
    const name = choose(
      Object.keys(table.elements)
        .filter((set) => ['unarmed', 'elastics', 'vteps', 'vms', 'inward', 'outward'].includes(set))
        .filter((set) => (table.elements[set]?.length ?? 0) > 0),
      how,
    )
    const element = name === undefined ? undefined : table.elements[name]?.[0]
    if (name === undefined || element === undefined) return []
    const key = element.split(' : ')[0] ?? ''
    return [
      retable(at, `delete element ${table.family} fx ${name} { ${key} }`, table, {
        elements: { ...table.elements, [name]: table.elements[name]?.slice(1) ?? [] },
      }),
    ]
  }),
  'chain emptied': onTable((at, table, { how }) => {
    const name = choose(Object.keys(table.chains), how)
    const chain = name === undefined ? undefined : table.chains[name]
    if (name === undefined || chain === undefined) return []
    return [
      retable(at, `flush chain ${table.family} fx ${name}`, table, {
        chains: { ...table.chains, [name]: { ...chain, rules: [] } },
      }),
    ]
  }),
  'rule added to a chain': onTable((at, table, { how }) => {
    const name = choose(Object.keys(table.chains), how)
    const chain = name === undefined ? undefined : table.chains[name]
    if (name === undefined || chain === undefined) return []
    return [
      retable(at, `add rule ${table.family} fx ${name} counter`, table, {
        chains: { ...table.chains, [name]: { ...chain, rules: [...chain.rules, ''] } },
      }),
    ]
  }),
  'chain added': onTable((at, table) => [
    retable(at, `add chain ${table.family} fx stranger`, table, {
      chains: { ...table.chains, stranger: table.chains['stranger'] ?? { hook: '', rules: [] } },
    }),
  ]),
  'version lost': onTable((at, table) =>
    table.version === ''
      ? []
      : [
          retable(at, `delete chain ${table.family} fx version-${table.version}`, table, {
            version: '',
          }),
        ],
  ),
  'table of another family': (kernel, { pick }) => {
    const at = choose(stacks(kernel), pick) ?? null
    if (worldOf(kernel, at).tables.some(({ family }) => family === 'inet')) return []
    return [
      hand(at, 'nft add table inet fx', (it) => {
        const empty = { name: 'fx', version: '', elements: {}, chains: {} }
        worldOf(it, at).tables.push({ family: 'inet', ...empty })
      }),
    ]
  },
  'setting changed': (kernel, { pick, how }) => {
    const at = choose(stacks(kernel), how) ?? null
    const keys = Object.keys(worldOf(kernel, at).sysctls)
      .filter((key) => {
        const device = deviceIn(key)
        return device === null || ourName.test(device) || /^[rl]0$/.test(device)
      })
      .sort()
    const key = choose(keys, pick)
    const value = wrongSysctls[key?.split('/').at(-1) ?? '']
    if (key === undefined || value === undefined) return []
    return [
      hand(at, `bash -c 'echo ${value} > /proc/sys/${key}'`, (it) =>
        setSysctl(it, at, { key, value, optional: false }),
      ),
    ]
  },
  'namespace deleted': (kernel, { pick }) => {
    const at = within(kernel, pick, ['lo'])?.at
    return at === undefined ? [] : [step({ kind: 'namespace-delete', name: at })]
  },
  'namespace extra': (kernel, { pick }) => {
    const name = `fx${4 + (pick % 7)}`
    if (kernel.worlds.has(name) || kernel.broken.has(name)) return []
    return [step({ kind: 'namespace-add', name })]
  },
  'namespace half made': (kernel, { pick }) => {
    const name = `fx${4 + (pick % 7)}`
    if (kernel.broken.has(name)) return []
    return [
      ...(kernel.worlds.has(name) ? [step({ kind: 'namespace-delete', name })] : []),
      hand(null, `touch /run/netns/${name}`, (it) => {
        it.broken.add(name)
      }),
    ]
  },
  'namespace replaced while in use': (kernel, { pick }) => {
    const at = within(kernel, pick, ['lo'])?.at
    if (at === undefined) return []
    return [
      hand(null, null, (it) => {
        it.worlds.set(`held-${it.indexes}`, worldOf(it, at))
        it.worlds.set(at, emptyWorld(it))
      }),
    ]
  },
  'down inside': inside((at, { name }) => [down(at, name)]),
  'renamed inside': inside((at, { name }) => [rename(at, name, 'odd0')]),
  'deleted inside': inside((at, { name }) => [remove(at, name)]),
  'other MAC inside': inside((at, { name }) => [mac(at, name)]),
  'other MTU inside': inside((at, { name }) => [mtu(at, name, 1380)]),
  'address missing inside': inside((at, { name }, { how }, kernel) => {
    const all = worldOf(kernel, at).addresses.filter(({ device }) => device === name)
    const address = choose(all, how)
    return address === undefined ? [] : [step({ kind: 'address-delete', at, address })]
  }),
  'address extra inside': inside((at, { name }, { how }) => [
    addressHand(at, name, ['10.66.0.1/24', '172.30.0.2/24'][how % 2] ?? ''),
  ]),
  'route extra inside': inside((at, { name, up: isUp }, { how }) =>
    isUp
      ? [routeHand(at, 'replace', route({ device: name, protocol: how % 2 === 0 ? '88' : 'boot' }))]
      : [],
  ),
  'neighbour extra inside': inside((at, { name }, { how }) => [
    neighbourHand(at, {
      device: name,
      address: `172.30.0.${90 + (how % 3)}`,
      mac: how % 2 === 0 ? strangerMac : null,
      protocol: how % 4 < 2 ? '88' : '',
    }),
  ]),
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

function deleteFdb(entry: FdbEntry): Hand {
  const { mac, device, destination, via } = entry
  const words =
    destination === null
      ? `${mac} dev ${device} master static`
      : `${mac} dev ${device} dst ${destination}${via === null ? '' : ` via ${via}`} self permanent`
  return hand(null, `bridge fdb delete ${words}`, (kernel) =>
    carryOut(kernel, { kind: 'fdb-delete', entry, sentence: '' }),
  )
}

export type DamageName = keyof typeof deeds
export const damageNames = Object.keys(deeds) as DamageName[]

/** What a damage comes to here; nothing when there is no victim. */
export function handsOf(kernel: Kernel, damage: Damage): readonly Hand[] {
  return deeds[damage.what](kernel, damage)
}

/** What the kernel refuses a hand, does not happen. */
export function inflict(kernel: Kernel, damage: Damage): void {
  for (const { act } of handsOf(kernel, damage)) {
    try {
      act(kernel)
    } catch {
      return
    }
  }
}

export const anyDamage: fc.Arbitrary<Damage> = fc.record({
  what: fc.constantFrom(...damageNames),
  pick: fc.nat({ max: 40 }),
  how: fc.nat({ max: 11 }),
})
