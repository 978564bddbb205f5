import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { StockServer } from '../../../../controller/api/index.ts'

/** A request that was passed on. */
export interface Passed {
  readonly method: string
  readonly url: string
  readonly body: Readable | string | undefined
}

/** A stock OneForm server in memory, which is content with everything and remembers it. */
export function echoStock(heard: Passed[]): StockServer {
  const server = {
    async ask(passed: Passed): Promise<IncomingMessage> {
      heard.push(passed)
      if (typeof passed.body === 'object') passed.body.resume()
      const answer = Object.assign(Readable.from(['{"stock":"hidden"}']), {
        ...{ statusCode: 200, headers: { 'content-type': 'application/json' } },
      })
      return answer as unknown as IncomingMessage
    },
    list: async () => [],
    json: async () => [],
    unfit: () => new Error('never asked'),
  }
  return server as unknown as StockServer
}

/** What of ours, or of nobody's, was passed on; undefined when nothing was. */
export function wronglyPassed({ url, body }: Passed, ours: readonly number[]): string | undefined {
  const [path = ''] = url.split('?')
  const [, kind = '', one = ''] =
    /^\/api\/v1\/(drivers|providers|provisions)(?:\/([A-Za-z0-9._~-]+))?(?:\/[A-Za-z0-9._~-]+)*$/.exec(
      path,
    ) ?? []
  if (kind === '' || /\/\.+(?:\/|$)/.test(path)) return `passed on what is no plain path: ${url}`
  if (kind === 'drivers') return one === 'scaleway' ? `passed on our driver: ${url}` : undefined
  if (one === '') return typeof body === 'string' ? undefined : `passed on a list: ${url}`
  return ours.includes(Number(one)) ? `passed on what is ours: ${url}` : undefined
}
