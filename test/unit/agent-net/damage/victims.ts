import type { Neighbour, Route, TableShape } from '../../../../agent/host/index.ts'
import { isOurNamespace } from '../../../../agent/host/index.ts'
import { type Kernel, type KernelLink, worldOf } from '../kernel/world.ts'
import type { At, Choice, Deed, Hand } from './hand.ts'

export const ourName = /^(fx[rl]\d+|onebr\d+|scwpn(\.\d+)?)$/

export const choose = <T>(items: readonly T[], pick: number): T | undefined =>
  items[pick % items.length]
export const host = (kernel: Kernel) => worldOf(kernel, null)
export const byName = <T extends { readonly name: string }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => (a.name < b.name ? -1 : 1))
export const has = (kernel: Kernel, name: string, at: At = null): boolean =>
  worldOf(kernel, at).links.some((link) => link.name === name)

/** A link of ours, the device the underlay was made of excepted: hardware is not deleted. */
export function ours(
  kernel: Kernel,
  filter: (link: KernelLink) => boolean = () => true,
): KernelLink[] {
  return byName(
    host(kernel).links.filter(
      (link) => ourName.test(link.name) && (link.name !== 'scwpn' || link.vlan !== null),
    ),
  ).filter(filter)
}

export const onOne =
  (victims: (kernel: Kernel) => readonly KernelLink[], deed: LinkDeed): Deed =>
  (kernel, choice) => {
    const victim = choose(victims(kernel), choice.pick)
    return victim === undefined ? [] : deed(victim, choice, kernel)
  }
export type LinkDeed = (link: KernelLink, choice: Choice, kernel: Kernel) => readonly Hand[]

export const withScwpn = (kernel: Kernel) =>
  byName(host(kernel).links.filter(({ name }) => ourName.test(name)))
export const ports = (kernel: Kernel) => ours(kernel, ({ name }) => /^(fxr|scwpn\.)/.test(name))

/** A router namespace of ours that can be entered, and one of its devices. */
export function within(
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

export const inside =
  (deed: (at: string, device: KernelLink, choice: Choice, kernel: Kernel) => readonly Hand[]) =>
  (kernel: Kernel, choice: Choice): readonly Hand[] => {
    const place = within(kernel, choice.pick)
    return place === undefined ? [] : deed(place.at, place.device, choice, kernel)
  }

export const stacks = (kernel: Kernel): At[] => [
  null,
  ...[...kernel.worlds.keys()]
    .filter((name) => name !== null)
    .filter((name) => isOurNamespace(name) && !kernel.broken.has(name))
    .sort(),
]

export const onRoute =
  (deed: (at: At, route: Route, choice: Choice, kernel: Kernel) => readonly Hand[]): Deed =>
  (kernel, choice) => {
    const all = stacks(kernel).flatMap((at) =>
      worldOf(kernel, at)
        .routes.filter(({ protocol }) => protocol === '88')
        .map((route) => [at, route] as const),
    )
    const [at, route] = choose(all, choice.pick) ?? []
    return at === undefined || route === undefined ? [] : deed(at, route, choice, kernel)
  }

export const onNeighbour =
  (deed: (at: At, neighbour: Neighbour, choice: Choice) => readonly Hand[]): Deed =>
  (kernel, choice) => {
    const all = stacks(kernel).flatMap((at) =>
      worldOf(kernel, at)
        .neighbours.filter(({ protocol }) => protocol === '88')
        .map((neighbour) => [at, neighbour] as const),
    )
    const [at, neighbour] = choose(all, choice.pick) ?? []
    return at === undefined || neighbour === undefined ? [] : deed(at, neighbour, choice)
  }

export const onTable =
  (deed: (at: At, table: TableShape, choice: Choice) => readonly Hand[]): Deed =>
  (kernel, choice) => {
    const all = stacks(kernel).flatMap((at) =>
      worldOf(kernel, at)
        .tables.toSorted((a, b) => (a.family < b.family ? -1 : 1))
        .map((table) => [at, table] as const),
    )
    const [at, table] = choose(all, choice.pick) ?? []
    return at === undefined || table === undefined ? [] : deed(at, table, choice)
  }

export const taps = ['one-1-0', 'one-2-0', 'one-3-0', 'one-4-0', 'one-99-0', 'vnet3'] as const
export const bridgesNow = (kernel: Kernel) =>
  byName(host(kernel).links.filter(({ kind }) => kind === 'bridge'))
export const isTap = ({ name }: { readonly name: string }): boolean => /^(one-|vnet)/.test(name)
