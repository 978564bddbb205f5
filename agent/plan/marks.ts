import { changingMark, changingOf, linkNamed, type Stack } from '../host/index.ts'
import { stackInside } from './inside.ts'
import type { NetworkStep } from './step.ts'
import type { Ground, View } from './view.ts'
import type { WantedInside, WantedRouter } from './wanted.ts'

/** Before anything inside changes: who dies in the middle leaves no mark that vouches for it. */
export function openingSteps(router: WantedRouter, view: View): NetworkStep[] {
  const alias = linkNamed(view.host, router.port)?.alias ?? ''
  const isChanging = (view.insides.get(router.namespace) ?? []).length > 0
  const addresses = changedAddresses(router, view)
  // Without a mark there is nothing to take back, and without a port nothing to write it on.
  if (alias === '' || !(isChanging || addresses.length > 0)) return []
  const mark = changingMark(addresses)
  return mark === alias ? [] : [markStep(router, mark)]
}

/**
 * Written last: a namespace is marked with the hash of what is now inside. Not one that could not be
 * read: its mark may also hold addresses whose connections are still to be forgotten.
 */
export function closingSteps(router: WantedRouter, view: View): NetworkStep[] {
  if (isUnread(router, view)) return []
  const isMarked = linkNamed(view.host, router.port)?.alias === router.mark
  return isMarked && openingSteps(router, view).length === 0 ? [] : [markStep(router, router.mark)]
}

/** Neither its mark vouches for it nor could it be looked into. */
export const isUnread = (router: WantedRouter, view: Ground): boolean =>
  linkNamed(view.host, router.port)?.alias !== router.mark &&
  stackInside(router.namespace, view) === null

export function markStep({ namespace, port, mark }: WantedRouter, to: string): NetworkStep {
  const sentence =
    to === mark ? `mark ${namespace} as applied` : `mark ${namespace} as being changed`
  return { kind: 'mark', namespace, link: port, mark: to, sentence }
}

/** Connections outlive the map they were made by, so they are forgotten when an address changes hands. */
export function flushSteps(
  { namespace }: WantedRouter,
  addresses: readonly string[],
): NetworkStep[] {
  return addresses.map((address) => ({
    kind: 'flush',
    at: namespace,
    address,
    sentence: `forget connections of ${address} in ${namespace}`,
  }))
}

/** Elastic addresses that change hands, and those that did when an earlier agent died of it. */
export function changedAddresses(router: WantedRouter, view: Ground): string[] {
  const stack = stackInside(router.namespace, view)
  const alias = linkNamed(view.host, router.port)?.alias
  // One made anew has no connections to forget; one that is trusted has nothing to change.
  if (stack === null || alias === undefined) return []
  const changed = changedBetween(stack, router.inside)
  const unfinished = changingOf(alias)
  if (!unfinished.includes('*')) return [...new Set([...changed, ...unfinished])]
  return [...new Set([...elements(stack), ...wantedElements(router.inside)].map(addressOf))]
}

/** Elastic addresses that a stack maps otherwise than is wanted. */
export function changedBetween(stack: Stack, inside: WantedInside): string[] {
  const differing = new Set(elements(stack)).symmetricDifference(new Set(wantedElements(inside)))
  return [...new Set([...differing].map(addressOf))]
}

const elements = ({ tables }: Stack): readonly string[] =>
  tables.find(({ family }) => family === 'ip')?.elements['inward'] ?? []

const wantedElements = ({ tables }: WantedInside): readonly string[] =>
  tables.flatMap(({ sets }) => sets.find(({ name }) => name === 'inward')?.elements ?? [])

const addressOf = (element: string): string => element.split(' : ')[0] ?? ''
