import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { sentenceOf } from '../../lib/fault/index.ts'
import { ipamFault } from './faults.ts'

const configuration = '/etc/edgectl/ipam.json'
const largestAnswer = 1 << 20

/** The controller's socket: EDGECTL_IPAM_SOCKET, else `socket` of /etc/edgectl/ipam.json. */
export function socketPath(environment: NodeJS.ProcessEnv, file = configuration): string {
  const given = environment['EDGECTL_IPAM_SOCKET']
  if (given) return given
  try {
    const { socket } = JSON.parse(readFileSync(file, 'utf8')) as { socket?: unknown }
    if (typeof socket === 'string' && socket.startsWith('/')) return socket
    throw new Error('it has no absolute path named "socket"')
  } catch (error) {
    throw ipamFault('EDGE_IPAM_CONTROLLER', `${file} does not name the controller's socket`, {
      answer: sentenceOf(error),
      hint: 'Install the front-end part again, or set EDGECTL_IPAM_SOCKET.',
    })
  }
}

/**
 * One POST over the unix socket; `node:http` because the global fetch costs 45 ms of start-up.
 * Throws EDGE_IPAM_CONTROLLER when no answer came in time, and the controller's own sentence when
 * it refused.
 */
export function askController(
  socket: string,
  path: string,
  body: unknown,
  withinMs: number,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (message: string) => {
      clearTimeout(deadline)
      reject(ipamFault('EDGE_IPAM_CONTROLLER', message, { object: socket }))
    }
    const text = JSON.stringify(body)
    const sent = request(
      {
        socketPath: socket,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      },
      (response) => {
        const parts: Buffer[] = []
        let size = 0
        response.on('data', (part: Buffer) => {
          size += part.length
          if (size > largestAnswer) sent.destroy(new Error('the answer is too large'))
          parts.push(part)
        })
        response.on('end', () => {
          clearTimeout(deadline)
          try {
            resolve(understand(response.statusCode ?? 0, Buffer.concat(parts).toString('utf8')))
          } catch (error) {
            reject(error)
          }
        })
        response.on('error', (error) => fail(`The controller's answer broke off: ${error.message}`))
      },
    )
    const deadline = setTimeout(() => {
      fail(`The controller gave no answer within ${withinMs / 1000} s`)
      sent.destroy()
    }, withinMs)
    sent.on('error', (error) => fail(`The controller cannot be reached: ${error.message}`))
    sent.end(text)
  })
}

function understand(status: number, text: string): unknown {
  const value = parse(text)
  if (status >= 200 && status < 300 && value !== undefined) return value
  const said = (value as { message?: unknown } | undefined)?.message
  throw ipamFault(
    'EDGE_IPAM_CONTROLLER',
    typeof said === 'string' ? said : `The controller answered ${status} without a reason`,
    { hint: '' },
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
