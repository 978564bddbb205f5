import { open, stat } from 'node:fs/promises'
import type { ProgramFacts } from '../../doctor/index.ts'

const tailBytes = 64

/** A program as it lies there; what may not be looked at is thrown. */
export async function programFacts(path: string): Promise<ProgramFacts> {
  const found = await statIfThere(path)
  if (found === undefined) return { path, there: false, executable: false, version: undefined }
  const executable = (found.mode & 0o111) !== 0
  return { path, there: true, executable, version: await versionIn(path) }
}

export async function isThere(path: string): Promise<boolean> {
  return (await statIfThere(path)) !== undefined
}

/** Undefined for what is not there. */
export async function statIfThere(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}

/** The build writes it into the last line; undefined for what has none. */
async function versionIn(path: string): Promise<string | undefined> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const from = Math.max(0, size - tailBytes)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(tailBytes), 0, tailBytes, from)
    const text = buffer.toString('latin1', 0, bytesRead)
    return /^\/\/ edgectl (\S+)\s*$/m.exec(text)?.[1]
  } finally {
    await file.close()
  }
}
