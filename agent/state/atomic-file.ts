import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Replaces a file in one step that survives a power cut: written beside it, flushed, renamed, and the
 * directory flushed. Whoever reads sees the old text or the new one.
 */
export async function putFile(file: string, text: string): Promise<void> {
  const directory = dirname(file)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const draft = join(directory, `.${basename(file)}.new`)
  await rm(draft, { force: true })
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
  const parent = await open(directory)
  try {
    await parent.sync()
  } finally {
    await parent.close()
  }
}

/** The text of a file; undefined when there is none. */
export async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
