import { allAt, integerAt, parseXml, textAt } from '../../../lib/opennebula/index.ts'
import type { OneUser } from '../../doctor/index.ts'
import { decodeAnswer, encodeCall, oneFault } from '../../opennebula/index.ts'

const withinMs = 10_000

/** Who a session is, as oned at that endpoint knows it. Throws ONE_UNREACHABLE, ONE_CREDENTIALS. */
export async function askUser(endpoint: string, session: string): Promise<OneUser> {
  const ownerOfSession = -1
  const user = parseXml(await call(endpoint, 'one.user.info', session, ownerOfSession, false))
  return {
    name: textAt(user, 'NAME') ?? '',
    gid: integerAt(user, ['GID'], -1),
    gname: textAt(user, 'GNAME') ?? '',
    groups: allAt(user, 'GROUPS', 'ID').map(({ text }) => Number(text)),
  }
}

export function askVersion(endpoint: string, session: string): Promise<string> {
  return call(endpoint, 'one.system.version', session)
}

async function call(
  endpoint: string,
  method: string,
  ...parameters: (string | number | boolean)[]
) {
  return decodeAnswer(await post(new URL(endpoint), encodeCall(method, parameters)), method)
}

function post(url: URL, body: string): Promise<string> {
  // Not by import: the whole room's client would be read at every start of edgectl, and node:http with it.
  const { request } = process.getBuiltinModule(
    url.protocol === 'https:' ? 'node:https' : 'node:http',
  )
  return new Promise((resolve, reject) => {
    const silent = (cause: Error) => {
      const answer = (cause as NodeJS.ErrnoException).code ?? cause.message
      reject(oneFault('ONE_UNREACHABLE', `oned does not answer at ${url.href}`, { answer, cause }))
    }
    const headers = { 'content-type': 'text/xml; charset=utf-8', 'user-agent': 'edgectl' }
    const signal = AbortSignal.timeout(withinMs)
    const outgoing = request(url, { method: 'POST', agent: false, headers, signal })
    outgoing.on('error', silent)
    outgoing.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', silent)
      response.on('end', () => resolve(text))
    })
    outgoing.end(body)
  })
}
