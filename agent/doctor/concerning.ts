import type { NftTable } from '../nat/index.ts'
import type { NetworkStep } from '../plan/index.ts'
import { differing } from './difference.ts'
import type { Facts } from './facts.ts'
import { broken, type Finding } from './hop.ts'
import { type Gap, tableGaps } from './table-gaps.ts'
import { few, restart } from './words.ts'

type At = string | null

/** What the planner would do to a link itself. */
export function linkFinding(facts: Facts, name: string, at: At = null): Finding | null {
  return stepFinding(facts, (step) => isAboutLink(step, name, at))
}

/** What the planner would do among these steps, as a finding; null when nothing. */
export function stepFinding(
  { steps, observed }: Facts,
  concerns: (step: NetworkStep) => boolean,
): Finding | null {
  return differing(steps.filter(concerns), observed)
}

/** Where the loaded table of a family differs in what `concerns` picks; null when it does not. */
export function tableFinding(
  facts: Facts,
  family: NftTable['family'],
  at: At,
  concerns: (gap: Gap) => boolean,
): Finding | null {
  const gaps = gapsOf(facts, family, at).filter((gap) => gap.part === null || concerns(gap))
  return gaps.length === 0 ? null : broken(few(gaps.map(({ says }) => says)), restart)
}

/** Whether a namespace is there and was not read: then nothing is known of its inside. */
export function isUnread({ observed }: Facts, namespace: string): boolean {
  const { namespaces, broken: unusable, inside } = observed
  return (
    namespaces.includes(namespace) &&
    !unusable.includes(namespace) &&
    inside[namespace] === undefined
  )
}

function gapsOf(facts: Facts, family: NftTable['family'], at: At): Gap[] {
  const { wanted, observed } = facts
  if (at !== null && isUnread(facts, at)) return []
  const router = wanted.routers.find(({ namespace }) => namespace === at)
  const tables = at === null ? wanted.tables : (router?.inside.tables ?? [])
  const found = at === null ? observed.host : observed.inside[at]
  return tables
    .filter((table) => table.family === family)
    .flatMap((table) =>
      tableGaps(
        table,
        found?.tables.find((loaded) => loaded.family === family && loaded.name === table.name),
        at === null ? '' : ` in ${at}`,
      ),
    )
}

/** Whether a step changes a link as packets see it; whose it is marked as is no matter for them. */
export function isAboutLink(step: NetworkStep, name: string, at: At): boolean {
  switch (step.kind) {
    case 'link-add':
      return at === null && step.link.name === name
    case 'link-rename':
      return at === null && step.to === name
    case 'link-delete':
      return at === null && step.name === name
    case 'link-set':
      return step.at === at && step.name === name && step.to.what !== 'group'
    default:
      return false
  }
}
