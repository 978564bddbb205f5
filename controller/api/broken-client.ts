import type { Socket } from 'node:net'
import type { FailureBody } from './failure.ts'

interface Problem {
  readonly status: number
  readonly reason: string
  readonly message: string
}

const problems: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    reason: 'Request Header Fields Too Large',
    message: 'The request has more than 16 kB of headers',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    reason: 'Request Timeout',
    message: 'The request did not arrive in time',
  },
}
const notHttp: Problem = {
  status: 400,
  reason: 'Bad Request',
  message: 'What was sent is not an HTTP request',
}

/** Answers, before any route is found, a client whose bytes are no request. */
export function answerBrokenClient(error: NodeJS.ErrnoException, socket: Socket): void {
  // it went away, or an answer is under way already
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy()
    return
  }
  const { status, reason, message } = problems[error.code ?? ''] ?? notHttp
  const body = JSON.stringify({ err_code: status, message } satisfies FailureBody)
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
