import { Args } from '@oclif/core'
import { badRequest, Failure } from './failure.ts'

/** The id of a document as an argument. Throws a Failure for anything but a number. */
export const idArgument = (what: string) =>
  Args.string({
    name: 'id',
    description: `id of the ${what}`,
    required: true,
    parse: async (text) => parseId(text, what),
  })

export function parseId(text: string, what: string): string {
  if (/^\d{1,9}$/.test(text)) return text
  throw new Failure(`"${text}" is not the id of a ${what}: ids are numbers`, badRequest)
}
