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
import type { Ground } from './view.ts'
import type { WantedEnd, WantedRouter } from './wanted.ts'

interface Known {
  readonly router: WantedRouter
  readonly steps: readonly NetworkStep[]
}

/** The last result for a stack: who looked wants to know whether it is right, and who plans what to do. */
const last = new WeakMap<Stack, Known>()

/** What differs inside a router namespace, where nobody else has anything. */
export function insideSteps(router: WantedRouter, stack: Stack): readonly NetworkStep[] {
  const known = last.get(stack)
  if (known?.router === router) return known.steps
  const steps = compared(router, stack)
  last.set(stack, { router, steps })
  return steps
}

function compared({ namespace, inside }: WantedRouter, stack: Stack): NetworkStep[] {
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
export function stackInside(namespace: string, { observed, gone }: Ground): Stack | null {
  const fresh = gone.namespaces.includes(namespace) || !observed.namespaces.includes(namespace)
  return fresh ? emptyStack : (observed.inside[namespace] ?? null)
}
