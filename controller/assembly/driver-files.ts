import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fault } from './faults.ts'

/** Throws EDGE_DRIVER_FILES unless OpenNebula's elastic driver finds its plug-in under this directory. */
export async function verifyDriverFiles(driverPath: string): Promise<void> {
  const directory = join(driverPath, 'elastic')
  const files = await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
    const message = `Cannot read ${directory}`
    throw fault('EDGE_DRIVER_FILES', message, { answer: cause.code ?? cause.message, cause })
  })
  if (files.some((name) => name.endsWith('.rb'))) return
  throw fault('EDGE_DRIVER_FILES', `There is no plug-in in ${directory}`)
}
