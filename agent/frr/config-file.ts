import { chmod, chown, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Puts the text in place in one step, readable by FRR alone; true when it was another before.
 * `prove` sees the new file before it counts, and throws to refuse it. The owner is the directory's,
 * which FRR's package made frr:frr.
 */
export async function putConfigFile(
  file: string,
  text: string,
  prove: (file: string) => Promise<void>,
): Promise<boolean> {
  if ((await textOf(file)) === text) return false
  const draft = `${file}.edge-agent`
  try {
    await writeDraft(draft, text, await stat(dirname(file)))
    await prove(draft)
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  return true
}

async function writeDraft(
  draft: string,
  text: string,
  owner: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const handle = await open(draft, 'w', 0o640)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await chown(draft, owner.uid, owner.gid)
  await chmod(draft, 0o640)
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
