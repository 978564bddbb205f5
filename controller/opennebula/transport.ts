import { Agent, type ClientRequest, request } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import { fault } from './faults.ts'

/** oned serves 15 connections by default (MAX_CONN); others need some too. */
const mostConnections = 8

export interface Transport {
  /** Posts one XML-RPC body. `again` allows one repeat when a kept connection turns out dead. */
  post(body: string, what: { readonly method: string; readonly again: boolean }): Promise<string>
  close(): void
}

/** HTTP to oned with kept connections. Throws ONE_UNREACHABLE (transient) when no answer comes. */
export function createTransport(endpoint: string, timeoutMs: number): Transport {
  const url = new URL(endpoint)
  const secure = url.protocol === 'https:'
  const options = { keepAlive: true, maxSockets: mostConnections }
  const agent = secure ? new SecureAgent(options) : new Agent(options)

  /**
   * A kept connection that oned closed meanwhile fails only once it is used, and then nobody knows
   * whether the call arrived. Harmless for a read, which is repeated; changes use a fresh one.
   */
  const send = (body: string, method: string, keep: boolean) =>
    new Promise<string>((resolve, reject) => {
      const outgoing = (secure ? secureRequest : request)(url, {
        method: 'POST',
        agent: keep ? agent : false,
        signal: AbortSignal.timeout(timeoutMs),
        headers: { 'content-type': 'text/xml; charset=utf-8', 'user-agent': 'edgectl' },
      })
      outgoing.on('error', (cause) => reject(unreachable(outgoing, method, cause)))
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', (cause) => reject(unreachable(outgoing, method, cause)))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          if (response.statusCode === 200) resolve(text)
          else reject(wrongStatus(method, response.statusCode ?? 0, text))
        })
      })
      outgoing.end(body)
    })

  return {
    async post(body, { method, again }) {
      try {
        return await send(body, method, again)
      } catch (error) {
        if (again && wasStale(error)) return await send(body, method, false)
        throw error
      }
    },
    close: () => agent.destroy(),
  }
}

function unreachable(outgoing: ClientRequest, method: string, cause: Error): Error {
  const timedOut = cause.name === 'TimeoutError' || cause.name === 'AbortError'
  const stale = outgoing.reusedSocket && !timedOut
  const why = timedOut ? 'no answer in time' : cause.message
  return fault('ONE_UNREACHABLE', `OpenNebula does not answer ${method}: ${why}`, {
    object: `oned at ${outgoing.host}`,
    cause: stale ? new StaleConnection(cause.message) : cause,
  })
}

class StaleConnection extends Error {}

function wasStale(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof StaleConnection
}

function wrongStatus(method: string, status: number, text: string): Error {
  const code = status >= 500 ? 'ONE_UNREACHABLE' : 'ONE_BROKEN'
  return fault(code, `OpenNebula answers ${method} with HTTP ${status}`, {
    answer: text.slice(0, 200),
  })
}
