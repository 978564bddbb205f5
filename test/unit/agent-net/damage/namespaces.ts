import { emptyWorld, worldOf } from '../kernel/world.ts'
import {
  addressHand,
  type Deed,
  down,
  hand,
  mac,
  mtu,
  neighbourHand,
  remove,
  rename,
  route,
  routeHand,
  step,
  strangerMac,
} from './hand.ts'
import { choose, inside, within } from './victims.ts'

/** What happens to router namespaces and inside them. */
export const namespaces = {
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
} as const satisfies Readonly<Record<string, Deed>>
