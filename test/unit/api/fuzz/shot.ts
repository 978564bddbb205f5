import { createChance } from '../../ipam/fuzz/chance.ts'
import { routes } from '../routes.ts'
import { type Draft, draftOf, type World } from './draft.ts'
import { mutations } from './mutate.ts'

/** One request of the fuzz, as it is sent. */
export interface Shot {
  readonly route: string
  /** The kinds of mutation it went through. */
  readonly kinds: readonly string[]
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly payload: string | Buffer | undefined
}

/** What is done to a request that its schema takes: nothing, its meaning is hostile enough. */
export const onlyMeaning = 'only its meaning'

const names = Object.keys(routes)
const kinds = Object.keys(mutations)

/** The shot of this number: a request of one route with none, one or a few things wrong with it. */
export function shotOf(seed: number, number: number, world: World): Shot {
  const chance = createChance(seed, number)
  const route = names[number % names.length] ?? 'GET /'
  const draft = draftOf(route, chance, world)
  const done: string[] = []
  const count = chance.below(20) < 9 ? 0 : chance.once(5) ? 2 + chance.below(2) : 1
  for (let left = count; left > 0; left--) {
    const kind = chance.any(kinds) ?? 'no login'
    mutations[kind]?.(draft, chance)
    done.push(kind)
  }
  return { route, kinds: done.length === 0 ? [onlyMeaning] : done, ...sent(draft) }
}

function sent({ method, path, query, headers, body, payload }: Draft) {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const url = `${path}${query === '' ? '' : `?${query}`}`
  return { method, url, headers, payload: payload ?? text }
}
