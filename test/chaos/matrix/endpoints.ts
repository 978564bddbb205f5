import type { Chapter, Story } from '../provision/story.ts'

/** One kind of request to Scaleway, and a chapter in which it is made. */
export interface Endpoint {
  readonly story: Story
  readonly chapter: Chapter
  readonly method: string
  /** `/baremetal/v1/zones/:zone/servers`. */
  readonly route: string
  readonly isList: boolean
}

/** Every endpoint that the stories use, each in the chapter in which it matters first. */
export function endpointsOf(stories: readonly Story[]): Endpoint[] {
  const found = new Map<string, Endpoint>()
  for (const story of stories)
    for (const chapter of story.chapters)
      for (const { to, name, route } of chapter.calls) {
        if (to !== 'cloud' || route === undefined) continue
        const [method = ''] = name.split(' ')
        const key = `${method} ${route}`
        const known = found.get(key)
        if (known && (known.story !== story || !worksIn(chapter, known.chapter))) continue
        const isList = method === 'GET' && !/\/:[a-z_]+$/.test(route)
        found.set(key, { story, chapter, method, route, isList })
      }
  return [...found.values()]
}

/** APPLYING orders everything; what it shares with the check of the wish is tried there. */
const worksIn = (chapter: Chapter, known: Chapter) =>
  chapter.name === 'APPLYING' && known.name === 'begin'

/** For the simulator: the same requests and no others. */
export function matchOf({ method, route }: Endpoint): { method: string; pathRegex: string } {
  return { method, pathRegex: `^${route.replace(/:[a-z_]+/g, '[^/]+')}$` }
}

export function endpointName({ method, route }: Endpoint): string {
  return `${method} ${route.replace(/^\/([^/]+)\/v[^/]+\/(?:(?:zones|regions)\/:[a-z]+\/)?/, '$1 ')}`
}
