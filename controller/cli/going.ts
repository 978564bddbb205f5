import { Flags } from '@oclif/core'
import { list } from './columns.ts'
import { confirmed, inPerson } from './confirm.ts'
import { each, idsIn } from './each.ts'
import { Declined, failed } from './failure.ts'
import type { Kind } from './items.ts'

export const yesFlag = { yes: Flags.boolean({ summary: 'on a terminal, do not ask' }) }

/** One object that is about to go. */
export interface Gone {
  readonly cells: readonly string[]
  /** What else is to be known of it before. */
  readonly note?: string | undefined
}

/** What is about to go for good, as somebody sees it who is asked about it. */
export interface Going {
  readonly kind: Kind
  readonly verb: 'Undeploy' | 'Delete'
  readonly head: readonly string[]
  look(id: string): Promise<Gone>
}

/**
 * Shows what would go and asks once about all of it; answers the ids of what was found. Throws Declined
 * unless the answer is yes.
 */
export async function mustBeMeant(ids: readonly string[], going: Going): Promise<string[]> {
  const { kind, verb, head, look } = going
  const seen = new Map<string, Gone>()
  const looked = await each(kind, ids, async (id) => seen.set(id, await look(id)), { atOnce: true })
  const found = idsIn(looked)
  if (found.length === 0) return []
  const shown = found.flatMap((id) => seen.get(id) ?? [])
  const table = list(
    head,
    shown.map(({ cells }) => cells),
  )
  const lines = [table, ...shown.flatMap(({ note }) => note ?? [])]
  const what = found.length === 1 ? `this ${kind}` : `these ${found.length} ${kind}s`
  const meant = await inPerson((dialogue) => {
    for (const line of lines) dialogue.output.write(`${line}\n`)
    return confirmed(`${verb} ${what}?`, dialogue)
  })
  if (!meant) throw new Declined('Nothing was changed', failed)
  return found
}
