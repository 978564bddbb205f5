import { simulatedProject } from '../../lab/scaleway/index.ts'
import type { World } from '../world/world.ts'

/**
 * Everything that was billed so far, one line for each object and whether it still is. Two bills are
 * equal when the same objects were ordered as often: what a controller that was dead for a while in the
 * cloud's fast time adds in begun hours is the clock's doing, so hours stand in no line.
 */
export function billOf({ cloud }: Pick<World, 'cloud'>): string[] {
  return cloud.ledger
    .bill(simulatedProject)
    .objects.map(({ kind, name, hourly, ended }) => {
      // Addresses are what the pool has; names carry the document's id, which a crash may use up.
      const known = /^[\d.]+$/.test(name) ? '' : ` ${name.replace(/provision_\d+/, 'provision_#')}`
      return `${kind}${known}, ${hourly} €/h, ${ended ? 'ended' : 'running'}`
    })
    .toSorted()
}

/** What one bill has more or less than the other, one sentence each. */
export function billDifferences(now: readonly string[], clean: readonly string[]): string[] {
  return [
    ...without(now, clean).map((line) => `billed beside a clean run: ${line}`),
    ...without(clean, now).map((line) => `not billed as in a clean run: ${line}`),
  ]
}

/** Lines of the first list that the second has not, as often as they are missing. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const rest = [...others]
  return lines.filter((line) => {
    const at = rest.indexOf(line)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
}
