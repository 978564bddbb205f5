import { emptyStack, linkNamed, type Stack } from '../host/index.ts'
import { set } from './diff-links.ts'
import {
  addressSteps,
  neighbourSteps,
  routeSteps,
  staleNeighbourSteps,
  staleRouteSteps,
  sysctlSteps,
  tableSteps,
} from './diff-stack.ts'
import type { LinkSetting, NetworkStep } from './step.ts'
import type { View } from './view.ts'
import type { WantedEnd, WantedRouter } from './wanted.ts'

/** What differs inside a router namespace, where nobody else has anything. */
export function insideSteps({ namespace, inside }: WantedRouter, view: View): NetworkStep[] {
  const stack = stackInside(namespace, view)
  if (stack === null) return []
  // `lo` keeps what the kernel gives it.
  const devices = inside.links.map(({ name }) => name).filter((name) => name !== 'lo')
  const anybodys = (): boolean => true
  return [
    ...sysctlSteps(namespace, inside.sysctls, stack),
    ...tableSteps(namespace, inside.tables, stack),
    ...staleRouteSteps(namespace, inside.routes, stack, anybodys),
    ...staleNeighbourSteps(namespace, inside.neighbours, stack, anybodys),
    ...inside.links.flatMap((end) => endSteps(namespace, end, stack)),
    ...addressSteps(namespace, inside.addresses, devices, stack),
    ...routeSteps(namespace, inside.routes, stack),
    ...neighbourSteps(namespace, inside.neighbours, stack),
  ]
}

/** Of a namespace made anew the ends are as they were ordered, but down. */
function endSteps(namespace: string, { name, mtu, mac }: WantedEnd, stack: Stack): NetworkStep[] {
  const present = linkNamed(stack, name)
  const change = (to: LinkSetting) => set(name, to, namespace)
  return [
    ...(present === undefined || mac === null || present.mac === mac
      ? []
      : [change({ what: 'mac', mac })]),
    ...(present === undefined || mtu === null || present.mtu === mtu
      ? []
      : [change({ what: 'mtu', mtu })]),
    ...(present?.up === true ? [] : [change({ what: 'up' })]),
  ]
}

/** What is inside: as read, nothing when it is made anew, null when its mark vouches for it. */
function stackInside(namespace: string, { observed, gone }: View): Stack | null {
  const fresh = gone.namespaces.includes(namespace) || !observed.namespaces.includes(namespace)
  return fresh ? emptyStack : (observed.inside[namespace] ?? null)
}

/** Connections outlive the map they were made by, so they are forgotten when an address changes hands. */
export function flushSteps({ namespace, inside }: WantedRouter, view: View): NetworkStep[] {
  const stack = stackInside(namespace, view)
  const before = new Set(
    stack?.tables.find(({ family }) => family === 'ip')?.elements['inward'] ?? [],
  )
  if (stack === null || stack === emptyStack) return []
  const after = new Set(
    inside.tables.flatMap(({ sets }) => sets.find(({ name }) => name === 'inward')?.elements ?? []),
  )
  const changed = [...before]
    .filter((element) => !after.has(element))
    .concat([...after].filter((element) => !before.has(element)))
    .map((element) => element.split(' : ')[0] ?? '')
  return [...new Set(changed)].map((address) => ({
    kind: 'flush',
    namespace,
    address,
    sentence: `forget connections of ${address} in ${namespace}`,
  }))
}

/** Written last: a namespace is marked with the hash of what is now inside. */
export function markSteps({ namespace, port, mark }: WantedRouter, { host }: View): NetworkStep[] {
  return linkNamed(host, port)?.alias === mark
    ? []
    : [{ kind: 'mark', namespace, link: port, mark, sentence: `mark ${namespace} as applied` }]
}
