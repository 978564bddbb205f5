import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fault } from './faults.ts'

/** Where OpenNebula's elastic driver looks for Ruby files, and what is there; or why it cannot be read. */
export type PlugInFiles = { readonly directory: string } & (
  | { readonly files: readonly string[] }
  | { readonly files: undefined; readonly why: NodeJS.ErrnoException }
)

/** What lies where OpenNebula's elastic driver looks for its plug-in. */
export async function plugInFiles(driverPath: string): Promise<PlugInFiles> {
  const directory = join(driverPath, 'elastic')
  return await readdir(directory).then(
    (files) => ({ directory, files }),
    (why: NodeJS.ErrnoException) => ({ directory, files: undefined, why }),
  )
}

/** Throws EDGE_DRIVER_FILES unless OpenNebula's elastic driver finds its plug-in under this directory. */
export async function verifyDriverFiles(driverPath: string): Promise<void> {
  const { directory, ...found } = await plugInFiles(driverPath)
  if (found.files === undefined) {
    const { why: cause } = found
    const answer = cause.code ?? cause.message
    throw fault('EDGE_DRIVER_FILES', `Cannot read ${directory}`, { answer, cause })
  }
  if (found.files.some((name) => name.endsWith('.rb'))) return
  throw fault('EDGE_DRIVER_FILES', `There is no plug-in in ${directory}`)
}
