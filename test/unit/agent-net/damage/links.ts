import { addLink } from '../kernel/links.ts'
import { blank, linkOf } from '../kernel/world.ts'
import {
  bridge,
  type Deed,
  down,
  hand,
  mac,
  mtu,
  plugInto,
  remove,
  rename,
  step,
  up,
} from './hand.ts'
import { bridgesNow, choose, has, onOne, ours, ports, withScwpn } from './victims.ts'

/** What happens to links of the host, whoever made them. */
export const links = {
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
} as const satisfies Readonly<Record<string, Deed>>
