import { Args } from '@oclif/core'
import type { DocumentAnswer } from './answers.ts'
import type { Client } from './client.ts'
import { badRequest, Failure } from './failure.ts'
import { partsOf } from './selection.ts'

/** What has ids and names. */
export type Kind = 'provider' | 'provision'

/** One object, as an argument. */
export const itemArgument = (kind: Kind) =>
  Args.string({
    name: 'id',
    description: `id or name of the ${kind}`,
    required: true,
  })

/** One object or several, as an argument. */
export const itemsArgument = (kind: Kind) =>
  Args.string({
    name: 'id',
    description: `ids or names of ${kind}s: 7, edge, 7,8 or 7..9`,
    required: true,
  })

/** Throws a Failure for a name that commands would take for ids: who names it would get another. */
export function mustBeName(kind: Kind, name: unknown): void {
  if (typeof name !== 'string') return
  const parts = partsOf(name)
  if (parts.length === 0 || !parts.every((part) => 'id' in part)) return
  throw new Failure(`"${name}" reads like ids; give the ${kind} a name with a letter`, badRequest)
}

/** The id of the one object that is meant. Throws a Failure unless it is exactly one. */
export async function idOf(client: Client, kind: Kind, text: string): Promise<string> {
  const [id, ...others] = await idsOf(client, kind, text)
  if (id !== undefined && others.length === 0) return id
  throw new Failure(`"${text}" is more than one ${kind}; this command takes one`, badRequest)
}

/** The ids of all that is meant, each once, in the order given. Throws a Failure for an unknown name. */
export async function idsOf(client: Client, kind: Kind, text: string): Promise<string[]> {
  const parts = partsOf(text)
  if (parts.length === 0) throw new Failure(`Say which ${kind}, by its id or name`, badRequest)
  if (parts.every((part) => 'id' in part)) return [...new Set(parts.map(({ id }) => id))]
  const known = createRegister(client, kind)
  // a name may have a comma
  if (parts.length > 1 && (await known.named(text.trim())).length > 0)
    return [await known.one(text.trim())]
  const ids: string[] = []
  for (const part of parts) ids.push('id' in part ? part.id : await known.one(part.name))
  return [...new Set(ids)]
}

/** Looks names up, reading each list once. */
function createRegister(client: Client, kind: Kind) {
  const lists = new Map<string, Promise<readonly DocumentAnswer[]>>()
  const read = (path: string) => {
    const known = lists.get(path) ?? client.call<readonly DocumentAnswer[]>('GET', path)
    lists.set(path, known)
    return known
  }
  // a name that is in use again means the living one
  const paths = kind === 'provision' ? ['/provisions', '/provisions?all=true'] : ['/providers']
  const named = async (name: string): Promise<string[]> => {
    for (const path of paths) {
      const ids = (await read(path)).filter(({ NAME }) => NAME === name).map(({ ID }) => ID)
      if (ids.length > 0) return ids
    }
    return []
  }
  return {
    named,
    one: async (name: string): Promise<string> => {
      const [id, ...others] = await named(name)
      if (id === undefined) {
        const list = `edgectl ${kind} list`
        throw new Failure(`There is no ${kind} named "${name}"; see ${list}`, badRequest)
      }
      if (others.length === 0) return id
      const all = [id, ...others].sort((a, b) => Number(a) - Number(b)).join(', ')
      throw new Failure(
        `${others.length + 1} ${kind}s are named "${name}": ${all}; say which by its id`,
        badRequest,
      )
    },
  }
}
