import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import { fault } from './faults.ts'

/** SQLITE_BUSY. */
const busy = 5

/**
 * Makes this the one agent of its state directory and answers how to let go; throws EDGE_AGENT_TWICE.
 * Two would undo each other's work. Node has no flock, but its SQLite locks files; the kernel lets go
 * however the process ends. A disk that takes no lock is reported, and keeps no agent from its work.
 */
export function claim(directory: string, logger: Logger): () => void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const file = new DatabaseSync(join(directory, 'agent.lock'))
    file.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return () => file.close()
  } catch (cause) {
    if ((cause as { errcode?: unknown }).errcode === busy)
      throw fault('EDGE_AGENT_TWICE', `Another agent works in ${directory}`, { cause })
    logger.error(`Nothing keeps a second agent away: ${sentenceOf(cause)}`, { directory })
    return () => undefined
  }
}
