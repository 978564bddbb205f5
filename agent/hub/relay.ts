import { createConnection } from 'node:net'
import type { Readable, Writable } from 'node:stream'

/**
 * Joins two byte streams to the agent's socket until either side ends: what the controller runs
 * through ssh. Rejects when the agent does not listen or the connection breaks.
 */
export function relay(path: string, input: Readable, output: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(path)
    connection.once('error', reject)
    connection.once('close', () => resolve())
    output.once('error', () => connection.destroy())
    input.once('end', () => connection.end())
    input.pipe(connection, { end: false })
    connection.pipe(output, { end: false })
  })
}
