import { badRequest, Failure } from './failure.ts'

/** What must be an id and nothing else: of OpenNebula's hosts, say. Throws a Failure otherwise. */
export function parseId(text: string, what: string): string {
  if (/^\d{1,9}$/.test(text)) return text
  throw new Failure(`"${text}" is not the id of a ${what}: ids are numbers`, badRequest)
}
