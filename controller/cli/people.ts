import { findOned } from './endpoint.ts'
import { badRequest, Failure, failed } from './failure.ts'

export type Person = 'user' | 'group'

/**
 * The id of a user or group. A name is looked up in oned, as the stock command line does; an id needs no
 * oned. Throws a Failure when there is none of that name.
 */
export async function personId(person: Person, text: string, session: string): Promise<number> {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  const endpoint = findOned(process.env)
  const { createPeople } = await import('../opennebula/index.ts')
  const people = createPeople({ endpoint, session })
  const id = await people.idOf(person, text).catch((error: Error) => {
    const hint = `give the id of the ${person} instead`
    throw new Failure(`${text} cannot be looked up: ${error.message}; ${hint}`, failed)
  })
  people.close()
  if (id !== undefined) return id
  throw new Failure(`OpenNebula has no ${person} named "${text}"`, badRequest)
}
