import { globSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Catalogue, FaultEntry } from '../../lib/fault/index.ts'

const root = resolve(import.meta.dirname, '../..')

export interface RoomCatalogue {
  /** `controller/scaleway`. */
  readonly room: string
  readonly entries: Catalogue
}

/** Every room's table of faults, by room: each lies in a file of that name. */
export async function catalogues(): Promise<RoomCatalogue[]> {
  const files = globSync('{agent,controller,ipam,lib}/**/faults.ts', { cwd: root }).sort()
  return await Promise.all(
    files.map(async (file) => {
      const exported: Record<string, unknown> = await import(resolve(root, file))
      const found = Object.values(exported).filter(isCatalogue)
      if (found.length === 1 && found[0]) return { room: dirname(file), entries: found[0] }
      throw new Error(`${file} exports ${found.length} catalogues instead of one`)
    }),
  )
}

function isCatalogue(value: unknown): value is Catalogue {
  if (typeof value !== 'object' || value === null) return false
  const entries = Object.values(value) as Partial<FaultEntry>[]
  return entries.length > 0 && entries.every(({ kind, meaning }) => kind && meaning)
}
