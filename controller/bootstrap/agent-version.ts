import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { fault } from './faults.ts'

/** The archive begins with a file of this name: a few bytes are read, not a hundred megabytes. */
const member = 'version'
const blockBytes = 512

/**
 * The version of the agent in an archive; undefined for one that does not say, or is none.
 * Throws EDGE_AGENT_PACKAGE when it cannot be read.
 */
export async function agentVersion(file: string): Promise<string | undefined> {
  const head = await beginningOf(file, 2 * blockBytes)
  const name = head.toString('latin1', 0, 100).replace(/\0.*$/s, '')
  const size = Number.parseInt(head.toString('latin1', 124, 136), 8)
  if (name.replace(/^\.\//, '') !== member || !(size > 0 && size <= blockBytes)) return undefined
  const text = head.toString('utf8', blockBytes, blockBytes + size).trim()
  return /^[\w.+-]{1,64}$/.test(text) ? text : undefined
}

/** Nothing where it is no gzip. */
async function beginningOf(file: string, bytes: number): Promise<Buffer> {
  const source = createReadStream(file)
  const plain = createGunzip()
  let broken: unknown
  source.on('error', (error) => {
    broken = error
    plain.end()
  })
  const parts: Buffer[] = []
  let length = 0
  try {
    for await (const part of source.pipe(plain)) {
      parts.push(part as Buffer)
      length += (part as Buffer).length
      if (length >= bytes) break
    }
  } catch {
    // an archive that is damaged, or none: it says nothing
  } finally {
    source.destroy()
  }
  if (broken === undefined) return Buffer.concat(parts, Math.min(length, bytes))
  const answer = broken instanceof Error ? broken.message : String(broken)
  const message = `Cannot read the agent from ${file}`
  throw fault('EDGE_AGENT_PACKAGE', message, { answer, cause: broken })
}
