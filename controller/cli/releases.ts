import { setTimeout as pause } from 'node:timers/promises'
import type { ReleaseAnswer } from './answers.ts'
import type { Client } from './client.ts'

const everyMs = 2_000

/** Follows releases until each has ended; on the way each new sentence is a line on `screen`. */
export async function followReleases(
  client: Client,
  ids: readonly string[],
  screen: NodeJS.WritableStream,
): Promise<ReleaseAnswer[]> {
  const said = new Map<string, string>()
  while (true) {
    const all = await client.call<ReleaseAnswer[]>('GET', '/leaks/releases')
    const wanted = ids.map((id) => all.find((one) => one.id === id) ?? forgotten(id))
    for (const { id, outcome, sentence } of wanted) {
      const line = `${id}: ${outcome}: ${sentence}`
      if (said.get(id) !== line) screen.write(`${line}\n`)
      said.set(id, line)
    }
    if (wanted.every(({ outcome }) => outcome !== 'under way')) return wanted
    await pause(everyMs)
  }
}

/** Orders are kept in memory only; what was not released is a leak again. */
function forgotten(id: string): ReleaseAnswer {
  const sentence =
    'The controller was started anew meanwhile; `edgectl leaks list` shows what is left'
  return { id, outcome: 'failed', sentence }
}
