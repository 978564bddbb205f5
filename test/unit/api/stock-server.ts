import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { type Patience, stockServer } from '../../../controller/api/index.ts'
import { open } from './calls.ts'
import { type Bench, basic, recorded } from './support.ts'

/** A request as it reached the stock server. */
export interface Heard {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Stock {
  readonly origin: string
  readonly heard: Heard[]
  /** Answers instead of the recordings while it is set. */
  play: ((request: IncomingMessage, response: ServerResponse, body: string) => void) | undefined
  /** Refuses every connection from now on. */
  fall(): Promise<void>
}

/** What the real server answered to these. */
const recordings: Readonly<Record<string, string>> = {
  'GET /api/v1/drivers': 'drivers',
  'GET /api/v1/providers': 'providers',
  'POST /api/v1/drivers/sync': 'drivers-sync',
  'GET /api/v1/provisions/5': 'provision-show',
  'GET /api/v1/provisions/5/logs/poll': 'logs-poll',
  'POST /api/v1/provisions/5/scale': 'scale-bad-direction',
  'GET /api/v1/drivers/nosuch': 'driver-missing',
  'POST /api/v1/providers': 'provider-create-nodriver',
}

/** Stands in for the stock OneForm server: its recorded answers, for users that oned knows. */
export async function stockOf(t: Test): Promise<Stock> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const { method = '', url = '', headers } = request
      stock.heard.push({ line: `${method} ${url}`, headers, body })
      if (stock.play) return stock.play(request, response, body)
      answer(`${method} ${url.split('?')[0]}`, headers.authorization, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  t.teardown(close)
  const { port } = server.address() as AddressInfo
  const stock: Stock = {
    origin: `http://127.0.0.1:${port}`,
    heard: [],
    play: undefined,
    fall: close,
  }
  return stock
}

/** The whole API beside that server. */
export function openBeside(t: Test, { origin }: Stock, patience?: Patience): Bench {
  return open(t, { stock: stockServer(origin, patience) })
}

const known = ['oneadmin:opennebula', 'alice:wonder', 'bob:builder'].map(
  (session) => basic(session).authorization,
)

function answer(what: string, login: string | undefined, response: ServerResponse): void {
  const name = known.includes(login ?? '') ? recordings[what] : 'badauth'
  const { status, type = 'text/html', text } = recorded(name ?? 'root-slashless')
  response.writeHead(status, { 'content-type': type, 'x-xss-protection': '1; mode=block' })
  response.end(text)
}
