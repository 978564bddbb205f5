import { createConnection } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { greeting } from './greeting.ts'

export interface RelayOptions {
  /** The agent's socket. */
  readonly path: string
  /** Address the controller's SSH session comes from; null when this is not known. */
  readonly peer: string | null
}

/**
 * Joins two byte streams to the agent's socket until either side ends: what the controller runs
 * through ssh. Tells the agent first who is calling. Rejects when the agent does not listen or the
 * connection breaks.
 */
export function relay(
  { path, peer }: RelayOptions,
  input: Readable,
  output: Writable,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(path)
    connection.once('error', reject)
    connection.once('close', () => resolve())
    output.once('error', () => connection.destroy())
    input.once('end', () => connection.end())
    connection.write(greeting(peer))
    input.pipe(connection, { end: false })
    connection.pipe(output, { end: false })
  })
}
