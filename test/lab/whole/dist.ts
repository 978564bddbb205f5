import { resolve } from 'node:path'

/** A file of the built suite: what is shipped is what is tested. */
export function dist(path: string): string {
  return resolve(import.meta.dirname, '../../../dist', path)
}
