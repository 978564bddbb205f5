import { operations, provided } from './operations.ts'
import { record, type Story } from './story.ts'

/**
 * A provision's life as it should be, operation after operation, each from where the last has ended; or
 * only these operations of it, if they fit to each other.
 */
export async function recordLife(names?: readonly string[]): Promise<Story[]> {
  const stories: Story[] = []
  for (const operation of operations.filter(({ name }) => names?.includes(name) ?? true))
    stories.push(await record(operation, stories.at(-1)?.end ?? (await provided())))
  return stories
}
