import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The cases of a golden directory: one folder each, named for what it shows. */
export function caseNames(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

export function readCase<T>(directory: string, name: string, file: string): T {
  return JSON.parse(readText(directory, name, file)) as T
}

export function readText(directory: string, name: string, file: string): string {
  return readFileSync(join(directory, name, file), 'utf8')
}

/** What the golden says; with UPDATE=1 what it says from now on. */
export function golden(directory: string, name: string, file: string, found: string): string {
  const path = join(directory, name, file)
  if (process.env['UPDATE'] === '1') writeFileSync(path, found)
  return readFileSync(path, 'utf8')
}
