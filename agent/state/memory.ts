import { join } from 'node:path'
import { type Static, type TSchema, Type } from 'typebox'
import { parseAs } from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import { putFile, textOf } from './atomic-file.ts'

/** A specification that cut this host off and was taken back. */
export const Refusal = Type.Object({
  epoch: Type.Integer(),
  generation: Type.Integer(),
  /** Hash of the whole spec: another one under the same number may be tried. */
  hash: Type.String(),
  sentence: Type.String(),
})
export type Refusal = Static<typeof Refusal>

/** Addresses controllers logged in from, newest first. */
export const Controllers = Type.Array(Type.String({ pattern: '^[0-9A-Fa-f.:]{2,45}$' }))

/** One JSON value in a file of its own, in memory as well: a full disk costs it the next boot only. */
export interface Memory<T> {
  readonly value: T
  /** Throws when the disk takes nothing; the value is the new one all the same. */
  keep(value: T): Promise<void>
}

/** What cannot be read counts as `blank`, and is reported. */
export async function openMemory<S extends TSchema>(
  schema: S,
  path: { readonly directory: string; readonly name: string },
  blank: Static<S>,
  logger: Logger,
): Promise<Memory<Static<S>>> {
  const file = join(path.directory, path.name)
  let value = blank
  try {
    const text = await textOf(file)
    if (text !== undefined) value = parseAs(schema, JSON.parse(text), file)
  } catch (error) {
    logger.error(`${file} cannot be read: ${sentenceOf(error)}`)
  }
  let onDisk = JSON.stringify(value)
  return {
    get value() {
      return value
    },
    keep: async (next) => {
      value = next
      const text = JSON.stringify(next)
      if (text === onDisk) return
      await putFile(file, `${text}\n`)
      onDisk = text
    },
  }
}
