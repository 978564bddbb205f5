import type { FdbEntry, Route } from '../../../../agent/host/index.ts'
import { gatewayMac } from '../../../../agent/host/index.ts'
import { linkOf, worldOf } from '../kernel/world.ts'
import {
  addressHand,
  type Deed,
  deleteFdb,
  neighbourHand,
  route,
  routeHand,
  ruleHand,
  step,
  strangerMac,
} from './hand.ts'
import {
  byName,
  choose,
  has,
  host,
  onNeighbour,
  onOne,
  onRoute,
  ourName,
  ours,
  withScwpn,
} from './victims.ts'

/** What happens to addresses, routes, rules, neighbours and forwarding entries. */
export const stack = {
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
        via: [has(kernel, 'eth0') ? 'eth0' : null, null, 'scwpn'][how % 3] ?? null,
        state: how % 2 === 0 ? 'permanent' : 'static',
        sticky: false,
      }
      return [step({ kind: 'fdb-set', entry })]
    },
  ),
  'MAC sent elsewhere': onOne(
    (kernel) => ours(kernel, ({ vxlan }) => vxlan !== null),
    ({ name }, { how }) => {
      const entry: FdbEntry = {
        device: name,
        mac: `02:00:00:00:00:${90 + (how % 3)}`,
        destination: `10.180.0.${90 + (how % 3)}`,
        ...{ via: null, state: 'permanent', sticky: false },
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
} as const satisfies Readonly<Record<string, Deed>>
