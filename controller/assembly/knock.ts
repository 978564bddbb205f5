import { fault } from './faults.ts'

/**
 * What time it is where that API is; undefined when it does not tell. Any answer is one: whether a key
 * is accepted is another question. Throws EDGE_CLOUD_SILENT when none comes.
 */
export async function knock(url: string, withinMs: number): Promise<number | undefined> {
  const signal = AbortSignal.timeout(withinMs)
  const { headers } = await fetch(url, { method: 'HEAD', redirect: 'manual', signal }).catch(
    (cause: Error & { cause?: { code?: string } }) => {
      const answer = cause.cause?.code ?? cause.message
      throw fault('EDGE_CLOUD_SILENT', `No answer from ${url}`, { answer, cause })
    },
  )
  const date = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(date) ? undefined : date
}
