import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Call, decodeCall, failure, protocolFault, success } from './envelope.ts'
import type { Method, Methods, Parameter } from './method.ts'
import { errno, Refusal } from './refusal.ts'
import type { Users } from './users.ts'

/** oned's XML-RPC server over a table of methods. */
export function createXmlRpcServer(methods: Methods, users: Users): Server {
  return createServer((request, response) => {
    serve(methods, users, request, response).catch((error) => response.destroy(error))
  })
}

/** Rejects when the client goes away while it still sends. */
async function serve(
  methods: Methods,
  users: Users,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = await answer(methods, users, Buffer.concat(chunks).toString('utf8'))
  response.writeHead(200, {
    'content-type': 'text/xml; charset=utf-8',
    server: 'Xmlrpc-c_Abyss/1.33.14',
  })
  response.end(body)
}

async function answer(methods: Methods, users: Users, body: string): Promise<string> {
  let call: Call
  try {
    call = decodeCall(body)
  } catch {
    return protocolFault(-503, 'Call is not valid XML.')
  }
  const found = methods[call.name]
  if (!found) return protocolFault(-506, `Method '${call.name}' not defined`)
  const [session, ...given] = call.parameters
  const parameters = completed(found, given)
  if (typeof parameters === 'string') return protocolFault(-501, parameters)
  try {
    return success(await found.run(users.authenticate(session), parameters))
  } catch (error) {
    return failure(call.name, asRefusal(error))
  }
}

/** The parameters with those left out at the end as 0, false and empty; or what is wrong with them. */
function completed(found: Method, given: readonly Parameter[]): Parameter[] | string {
  const names = { int: 'integer', bool: 'boolean', string: 'string' } as const
  const types = { int: 'number', bool: 'boolean', string: 'string' } as const
  const defaults = { int: 0, bool: false, string: '' } as const
  const wrong = found.takes.find(
    (kind, i) => given[i] !== undefined && typeof given[i] !== types[kind],
  )
  if (wrong) return `Parameter that is supposed to be ${names[wrong]} is not`
  return found.takes.map((kind, i) => given[i] ?? defaults[kind])
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  return new Refusal(errno.internal, error instanceof Error ? error.message : String(error))
}
