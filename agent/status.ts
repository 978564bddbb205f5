import { chmod, rm } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import type { HostReport } from '../lib/contract/index.ts'
import { sentenceOf } from '../lib/fault/index.ts'
import type { Logger } from '../lib/log/index.ts'
import { fault } from './faults.ts'
import type { Inventory } from './health/index.ts'

/** What a running agent says of itself. */
export interface Status {
  readonly server: string
  /** Whether the controller is connected. */
  readonly connected: boolean
  readonly epoch: number | null
  readonly generation: number | null
  readonly report: HostReport
  readonly inventory: Inventory
}

/** Answers every connection on this socket with the status, as one JSON document. */
export async function serveStatus(
  path: string,
  status: () => Promise<Status>,
  logger: Logger,
): Promise<{ close(): Promise<void> }> {
  await rm(path, { force: true })
  const server = createServer((connection) => {
    connection.on('error', () => connection.destroy())
    status().then(
      (value) => connection.end(`${JSON.stringify(value)}\n`),
      (error) => {
        logger.warn(`No status could be made: ${sentenceOf(error)}`)
        connection.destroy()
      },
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  await chmod(path, 0o600)
  return { close: () => new Promise((resolve) => server.close(() => resolve())) }
}

/** A report asks FRR, which has 3 s to answer. */
const answerWithinMs = 15_000

/** Asks the running agent. Throws EDGE_AGENT_SILENT when none answers. */
export async function askStatus(path: string): Promise<Status> {
  try {
    return JSON.parse(
      await text(createConnection({ path, signal: AbortSignal.timeout(answerWithinMs) })),
    )
  } catch (cause) {
    throw fault('EDGE_AGENT_SILENT', `No agent answers on ${path}`, { cause })
  }
}
