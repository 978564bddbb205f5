import { badRequest, Failure } from './failure.ts'

export type Part = { readonly id: string } | { readonly name: string }

/** Nobody means more; a slip of the finger might. */
const widestRange = 1000

/** The parts of `7`, `7,8`, `7..9`, `edge` or `edge,7`. Throws a Failure for a range that cannot be. */
export function partsOf(text: string): Part[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .flatMap(partOf)
}

function partOf(word: string): Part[] {
  if (/^\d{1,9}$/.test(word)) return [{ id: word }]
  const [, from, to] = /^(\d{1,9})\.\.(\d{1,9})$/.exec(word) ?? []
  if (from === undefined || to === undefined) return [{ name: word }]
  const length = Number(to) - Number(from) + 1
  if (length < 1) throw new Failure(`The range ${word} ends before it begins`, badRequest)
  if (length > widestRange)
    throw new Failure(`The range ${word} has more than ${widestRange} ids`, badRequest)
  return Array.from({ length }, (_, index) => ({ id: String(Number(from) + index) }))
}
