import { operations, provided } from './operations.ts'
import { record, type Story } from './story.ts'

/** A provision's life as it should be, operation after operation, each from where the last has ended. */
export async function recordLife(): Promise<Story[]> {
  const stories: Story[] = []
  for (const operation of operations)
    stories.push(await record(operation, stories.at(-1)?.end ?? (await provided())))
  return stories
}
