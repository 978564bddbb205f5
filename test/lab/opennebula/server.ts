import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { OnedDoor, OnedPassage } from './door.ts'
import { type Call, decodeCall, failure, protocolFault, success } from './envelope.ts'
import type { Method, Methods, Parameter } from './method.ts'
import { errno, Refusal } from './refusal.ts'
import type { Users } from './users.ts'

export interface Serving {
  readonly methods: Methods
  readonly users: Users
  /** Sees every call come and go; nobody unless given. */
  readonly door?: OnedDoor | undefined
}

/** oned's XML-RPC server over a table of methods. */
export function createXmlRpcServer(serving: Serving): Server {
  return createServer((request, response) => {
    serve(serving, request, response).catch((error) => response.destroy(error))
  })
}

/** Rejects when the client goes away while it still sends. */
async function serve(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = await answer(serving, Buffer.concat(chunks).toString('utf8'))
  if (typeof body !== 'string') {
    if (body.passage === 'vanish') return void response.destroy()
    response.writeHead(500, { 'content-type': 'text/plain' })
    return void response.end('Internal server error')
  }
  response.writeHead(200, {
    'content-type': 'text/xml; charset=utf-8',
    server: 'Xmlrpc-c_Abyss/1.33.14',
  })
  response.end(body)
}

/** What goes back to the client: an answer, or that there is none. */
type Reply = string | { readonly passage: Exclude<OnedPassage, 'pass'> }

async function answer({ methods, users, door }: Serving, body: string): Promise<Reply> {
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
  const seen = { method: call.name, parameters }
  const entered = (await door?.enter(seen)) ?? 'pass'
  if (entered !== 'pass') return { passage: entered }
  const said = await carriedOut(found, call.name, users, session, parameters)
  const left = (await door?.leave(seen)) ?? 'pass'
  return left === 'pass' ? said : { passage: left }
}

async function carriedOut(
  found: Method,
  name: string,
  users: Users,
  session: Parameter | undefined,
  parameters: readonly Parameter[],
): Promise<string> {
  try {
    return success(await found.run(users.authenticate(session), parameters))
  } catch (error) {
    return failure(name, asRefusal(error))
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
