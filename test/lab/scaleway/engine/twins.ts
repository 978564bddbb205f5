import type { Sim } from './sim.ts'

interface Tagged {
  readonly id: string
  readonly project_id: string
  readonly zone?: string
  readonly tags: readonly string[]
}

/**
 * Notes a second live object for one logical one: same kind, project and tags, of which one is a
 * `key=`. That is what a blindly repeated create leaves behind.
 */
export function noteTwins(sim: Sim, kind: string, created: Tagged, all: Iterable<Tagged>): void {
  if (!created.tags.some((tag) => tag.startsWith('key='))) return
  const identity = ({ project_id, zone, tags }: Tagged) =>
    JSON.stringify([project_id, zone, [...tags].sort()])
  for (const other of all)
    if (other.id !== created.id && identity(other) === identity(created))
      sim.journal.note({
        rule: 'created-twice',
        severity: 'error',
        what: `two of ${kind} ${created.tags.find((tag) => tag.startsWith('key='))}`,
        object: created.id,
      })
}
