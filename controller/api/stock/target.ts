/** What a request outside of the lists is about, where its path alone tells. */
export type Target =
  | { readonly of: 'driver'; readonly name: string }
  | { readonly of: 'providers' | 'provisions'; readonly id: number }

const segment = /^[A-Za-z0-9._~-]+$/

/**
 * Reads the path of a request as it came. Undefined for lists, and for every path that is not made of
 * plain segments: what a URL parser could take for another path than we did is never passed on.
 */
export function targetOf(url: string): Target | undefined {
  const segments = pathOf(url).split('/')
  const [empty, api, version, resource, one = '', ...rest] = segments
  if (empty !== '' || api !== 'api' || version !== 'v1') return undefined
  if (![one, ...rest].every((word) => segment.test(word) && !/^\.+$/.test(word))) return undefined
  if (resource === 'drivers') return { of: 'driver', name: one }
  if (resource !== 'providers' && resource !== 'provisions') return undefined
  return /^\d{1,9}$/.test(one) ? { of: resource, id: Number(one) } : undefined
}

/** A path and query of visible ASCII, which is all that a client may send; no other origin. */
export function isPlain(url: string): boolean {
  return /^\/(?!\/)[\x21-\x7e]*$/.test(url) && !url.includes('#') && !url.includes('\\')
}

function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}
