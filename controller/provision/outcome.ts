import { sentenceOf } from '../../lib/fault/index.ts'
import { type StateName, withHistory } from '../documents/index.ts'
import { giveUpHosts, hostKeys } from './members.ts'
import { failureOf } from './stages.ts'
import type { Work, WorkBody } from './work.ts'

/** A step that failed, and the host whose pipeline it is of. */
export interface Failed {
  readonly host: string | undefined
  readonly error: unknown
}

const making: ReadonlySet<StateName> = new Set([
  'APPLYING',
  'CONFIGURING_ONE',
  'CONFIGURING_PROVISION',
])

/**
 * Which hosts to go on without: those that failed, where nothing else did and enough others came for
 * whoever asked for `min_hosts`. Empty when the failure is to be told. Pure.
 */
export function dispensable(
  state: StateName,
  work: Pick<Work, 'body' | 'inputs'>,
  failures: readonly Failed[],
): string[] {
  const { min_hosts: enough } = work.body
  if (enough === undefined || !making.has(state)) return []
  const failed = new Set(failures.map(({ host }) => host))
  const keys = hostKeys(work)
  const came = keys.filter((key) => !failed.has(key))
  if (failed.has(undefined) || came.length < enough) return []
  return keys.filter((key) => failed.has(key))
}

/** Writes down that the provision is made without these hosts, and why; answers what is to be told. */
export function goOnWithout(
  draft: WorkBody,
  keys: readonly string[],
  failures: readonly Failed[],
  nowMs: number,
): string[] {
  const already = new Set(draft.hosts_given_up)
  giveUpHosts(draft, keys)
  return keys.map((key) => {
    const why = failures.find(({ host }) => host === key)?.error
    const sentence = `${key} is given up: ${sentenceOf(why)}`
    if (!already.has(key))
      draft.historic = withHistory(draft.historic, 'Host given up', sentence, nowMs)
    return sentence
  })
}

/** The state that follows on a failure: who asked for all or nothing gets everything given back. */
export function stateAfterFailure(state: StateName, draft: WorkBody): StateName {
  return draft.atomic && making.has(state) ? 'DEPROVISIONING_ONE' : failureOf(state)
}
