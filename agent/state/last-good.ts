import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HostSpec, parseAs } from '../../lib/contract/index.ts'
import { textOf } from './atomic-file.ts'
import { fault } from './faults.ts'

export const lastGoodFile = (directory: string): string => join(directory, 'last-good.json')

/** The last good spec as it lies on disk, and when it was written, milliseconds since 1970. */
export interface LastGood {
  readonly spec: HostSpec
  readonly at: number
}

/**
 * Reads it beside a running agent, or a dead one's; changes nothing. Null on a fresh host. Throws
 * EDGE_AGENT_DAMAGED when the file is none of a spec.
 */
export async function readLastGood(directory: string): Promise<LastGood | null> {
  const file = lastGoodFile(directory)
  const text = await textOf(file)
  if (text === undefined) return null
  try {
    const spec = parseAs(HostSpec, JSON.parse(text), 'It')
    return { spec, at: (await stat(file)).mtimeMs }
  } catch (cause) {
    throw fault('EDGE_AGENT_DAMAGED', `${file} does not hold a specification`, { cause })
  }
}
