import { connect } from 'node:net'
import type { ControllerAnswer } from './driver.ts'
import { ipamFault } from './faults.ts'

const largestAnswer = 1 << 20

/**
 * One POST over the unix socket. HTTP/1.0 by hand, so that the answer ends with the connection:
 * `node:http` costs 5 ms of start-up more than `node:net`, the global fetch 45. Throws
 * EDGE_IPAM_CONTROLLER when no whole answer came in time, in milliseconds.
 */
export function askController(
  socket: string,
  path: string,
  body: unknown,
  withinMs: number,
): Promise<ControllerAnswer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let size = 0
    let reached = false
    const connection = connect(socket, () => {
      reached = true
      connection.write(requestText(path, JSON.stringify(body)))
    })
    const fail = (message: string) => {
      clearTimeout(deadline)
      connection.destroy()
      reject(ipamFault('EDGE_IPAM_CONTROLLER', message, { object: socket }))
    }
    const deadline = setTimeout(
      () => fail(`The controller gave no answer within ${withinMs / 1000} s`),
      withinMs,
    )
    connection.on('error', ({ message }) =>
      fail(
        reached
          ? `The controller's answer broke off: ${message}`
          : `The controller cannot be reached: ${message}`,
      ),
    )
    connection.on('data', (part: Buffer) => {
      size += part.length
      parts.push(part)
      if (size > largestAnswer) fail('The controller’s answer is too large')
    })
    connection.on('end', () => {
      const answer = answerIn(Buffer.concat(parts))
      if (answer === undefined) return fail("The controller's answer broke off")
      clearTimeout(deadline)
      connection.destroy()
      resolve(answer)
    })
  })
}

function requestText(path: string, text: string): string {
  return [
    `POST ${path} HTTP/1.0`,
    'Host: localhost',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    '',
    text,
  ].join('\r\n')
}

/** Undefined when it is not whole: its length is the one it announced. */
function answerIn(bytes: Buffer): ControllerAnswer | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  const head = bytes.subarray(0, Math.max(0, end)).toString('latin1')
  const status = /^HTTP\/1\.[01] (\d{3})\b/.exec(head)?.[1]
  const length = /^content-length: *(\d+) *$/im.exec(head)?.[1]
  const content = bytes.subarray(end + 4)
  if (status === undefined || Number(length) !== content.length) return undefined
  return { status: Number(status), text: content.toString('utf8') }
}
