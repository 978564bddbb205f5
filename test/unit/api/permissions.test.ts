// Every route of the API, tried by everybody there is under every kind of permission.
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { open } from './calls.ts'
import { createEstate, type Estate } from './estate.ts'
import { connection, type Row, routes } from './routes.ts'
import { type Bench, basic } from './support.ts'

const secrets = [connection.secret_key, connection.project_id]

interface Person {
  readonly session: string
  /** Which of the three octal digits holds for this user; the last holds for everybody. */
  readonly is: readonly ('owner' | 'group' | 'admin')[]
}

const people: Readonly<Record<string, Person>> = {
  'the owner': { session: 'alice:wonder', is: ['owner', 'group'] },
  'a member of the group': { session: 'bob:builder', is: ['group'] },
  'a member of the group as one of several': { session: 'dave:guest', is: ['group'] },
  'a stranger': { session: 'carol:stranger', is: [] },
  oneadmin: { session: 'oneadmin:opennebula', is: ['admin'] },
  'a member of group oneadmin': { session: 'ruth:root', is: ['admin'] },
}

const modes = [
  ...['600', '640', '620', '660', '604', '602', '606'],
  ...['060', '066', '400', '200', '111', '000'],
]

interface Rights {
  readonly use: boolean
  readonly manage: boolean
  /** oned asks for no more of who changes owner, group or permissions. */
  readonly manageUnseen: boolean
  readonly admin: boolean
}

function rightsOf({ is }: Person, mode: string): Rights {
  const [owner = 0, group = 0, other = 0] = [...mode].map(Number)
  const bits = (is.includes('owner') ? owner : 0) | (is.includes('group') ? group : 0) | other
  const admin = is.includes('admin')
  const use = admin || (bits & 4) > 0
  const manageUnseen = admin || (bits & 2) > 0
  // oned lets nobody read without USE, and without having read nothing else is changed
  return { use, manage: use && manageUnseen, manageUnseen, admin }
}

/** The routes of a server as fastify tells them, and HEAD where it adds it. */
export function routesOf(app: FastifyInstance): Set<string> {
  const found = new Set<string>()
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) found.add(`${one} ${url}`)
  })
  return found
}

async function ask({ app }: Bench, estate: Estate, route: string, row: Row, session?: string) {
  const [method = '', path = ''] = route.split(' ')
  const body = row.body?.(estate.ids)
  const answer = await app.inject({
    method: method as 'GET',
    url: row.url?.(estate.ids) ?? path,
    headers: session === undefined ? {} : basic(session),
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    payloadAsStream: true,
  })
  const stream = answer.stream()
  let text = ''
  if (row.endless && answer.statusCode === 200 && method !== 'HEAD') {
    for await (const chunk of stream) {
      text += chunk
      break
    }
    answer.raw.res.destroy()
  } else for await (const chunk of stream) text += chunk
  return { status: answer.statusCode, text }
}

/** What is wrong with an answer; undefined when nothing is. */
function objection(
  route: string,
  row: Row,
  rights: Rights,
  { status, text }: { readonly status: number; readonly text: string },
  changes: readonly string[],
): string | undefined {
  const get = route.startsWith('GET ')
  const may = row.need === 'login' || row.need === 'nothing' || rights[row.need]
  const sees = row.lists === undefined ? may : rights[row.lists]
  const told = `${status} ${text.slice(0, 200)}`
  if (may !== status < 300) return `${may ? 'refused' : 'let in'}: ${told}`
  if (!may && status !== 403 && status !== 404) return `refused strangely: ${told}`
  if (!may && changes.length > 0) return `refused, and did ${changes.join(', ')}`
  if ((get || row.harmless) && changes.length > 0) return `did ${changes.join(', ')}`
  if (!get && !row.harmless && sees && changes.length === 0) return 'did nothing'
  if (!sees && /hidden/.test(text)) return `told too much: ${told}`
  if (row.lists && get && sees && !/hidden/.test(text)) return `told nothing: ${told}`
  const asksForSecrets = row.url?.({ provider: 0, spare: 0, provision: 0, failed: 0 }) ?? ''
  const mayHaveSecrets = rights.manage && /providers.*include_sensitive=true/.test(asksForSecrets)
  const has = secrets.some((secret) => text.includes(secret))
  if (has !== mayHaveSecrets) return has ? `told a secret: ${told}` : 'kept the owner’s own secret'
  return undefined
}

t.test('every route has a row in the table of routes, and every row a route', async (t) => {
  const it = open(t)
  const found = routesOf(it.app)
  await it.app.ready()
  const heads = [...found].filter((route) => route.startsWith('HEAD '))
  for (const head of heads) t.ok(found.has(head.replace('HEAD', 'GET')), head)
  const rest = [...found].filter((route) => !route.startsWith('HEAD '))
  t.strictSame(rest.sort(), Object.keys(routes).sort())
})

t.test('without a login that oned accepts no route but the welcome answers anything', async (t) => {
  const it = open(t)
  const estate = await createEstate(it)
  for (const [route, row] of Object.entries(routes)) {
    const want = row.need === 'nothing' ? 200 : 401
    for (const session of [undefined, 'alice:wrong', 'nobody:wonder']) {
      const { status, text } = await ask(it, estate, route, row, session)
      t.equal(status, want, `${route} as ${session}`)
      if (want === 401) t.equal(text, 'Invalid credentials')
      t.strictSame(estate.changes(), [], route)
    }
  }
})

t.test('each route does for each user what the permission bits say, and no more', async (t) => {
  const it = open(t)
  const estate = await createEstate(it)
  for (const [who, person] of Object.entries(people)) {
    for (const mode of modes) {
      const rights = rightsOf(person, mode)
      const wrong: string[] = []
      for (const [route, row] of Object.entries(routes)) {
        await estate.restore(mode, row.first)
        const answer = await ask(it, estate, route, row, person.session)
        const why = objection(route, row, rights, answer, estate.changes())
        if (why !== undefined) wrong.push(`${route}: ${why}`)
        if (!route.startsWith('GET ') || row.endless) continue
        const head = await ask(it, estate, route.replace('GET', 'HEAD'), row, person.session)
        if (head.status !== answer.status || head.text !== '')
          wrong.push(`${route}: HEAD answers ${head.status} ${head.text.slice(0, 100)}`)
      }
      t.strictSame(wrong, [], `${who}, ${mode}`)
    }
  }
})
