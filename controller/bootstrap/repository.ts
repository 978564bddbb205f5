/** What a repository says of OpenNebula's packages for one system. */
export interface RepositoryAnswer {
  /** `Ubuntu 22.04`. */
  readonly system: string
  /** The HTTP status of the packages' index, or why there is none. */
  readonly said: number | string
}

/** Asks whether the packages of a series are there for each system; hosts look in the same place. */
export async function askRepository(
  repository: string,
  series: string,
  systems: readonly string[],
  withinMs: number,
): Promise<RepositoryAnswer[]> {
  const { bare, headers } = split(repository)
  return await Promise.all(
    systems.map(async (system) => {
      const place = `${bare}/${series}/${system.replace(' ', '/')}/dists/stable/Release`
      const signal = AbortSignal.timeout(withinMs)
      const said = await fetch(place, { method: 'HEAD', headers, signal }).then(
        ({ status }) => status,
        (error: Error & { cause?: { code?: string } }) => error.cause?.code ?? error.name,
      )
      return { system, said }
    }),
  )
}

/** An enterprise repository has a login in its address, which `fetch` takes as a header only. */
function split(repository: string): { bare: string; headers: Record<string, string> } {
  const url = new URL(repository)
  const { username, password } = url
  if (username === '') return { bare: repository, headers: {} }
  url.username = ''
  url.password = ''
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`
  return { bare: url.href.replace(/\/$/, ''), headers: { authorization } }
}
