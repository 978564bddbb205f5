import { createHash } from 'node:crypto'
import t from 'tap'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { keyOf, routeDocs } from '../../../controller/api/openapi/index.ts'
import { call, open } from './calls.ts'
import { closed } from './described.ts'
import { bench } from './support.ts'

interface Operation {
  operationId: string
  summary: string
  description: string
  parameters: { name: string; in: string }[]
  requestBody?: { content: Record<string, { schema: TSchema; example: unknown }> }
  responses: Record<string, { $ref?: string; content?: Record<string, unknown> }>
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { responses: Record<string, unknown>; schemas: Record<string, unknown> }
}

t.test('every route is described, and everything described is a route', async (t) => {
  const { app } = bench()
  const routes: string[] = []
  app.addHook('onRoute', ({ method, url, config }) => {
    if (method === 'HEAD') return
    routes.push(keyOf(String(method), url))
    t.ok(config?.doc, `${String(method)} ${url} has a description`)
  })
  await app.ready()
  t.teardown(() => app.close())
  t.strictSame(
    Object.keys(routeDocs).filter((key) => !routes.includes(key)),
    [],
  )
})

t.test('descriptions say what they are for, how they fail, and have true examples', async (t) => {
  for (const [key, { summary, description, answers, errors, request }] of Object.entries(
    routeDocs,
  )) {
    t.match(summary, /^[A-Z].{5,60}[^.]$/, key)
    t.match(description, /^[A-Z].{20,}\.$/s, key)
    t.ok(Object.keys(answers).length > 0, key)
    if (key.includes('/:')) t.ok(errors.includes(404), `${key} may be asked for what is not there`)
    if (key.startsWith('POST')) t.ok(errors.includes(400) && request !== undefined, key)
    for (const answer of Object.values(answers)) {
      if (answer === null) continue
      const [first] = Value.Errors(closed(answer.schema) as TSchema, answer.example)
      t.equal(first && `${first.instancePath} ${first.message}`, undefined, key)
    }
  }
})

t.test('GET /openapi.json', async (t) => {
  const it = open(t)
  const answer = await call(it, 'GET /api/v1/openapi.json')
  t.equal(answer.status, 200)
  const document = JSON.parse(answer.text) as Document
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  t.test('has every route once, under a name of its own', async (t) => {
    t.equal(document.openapi, '3.1.0')
    const told = operations.map(({ path, method }) =>
      keyOf(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1')),
    )
    t.strictSame(told.sort(), Object.keys(routeDocs).sort())
    const ids = operations.map(({ operation }) => operation.operationId)
    t.equal(new Set(ids).size, ids.length)
  })
  t.test('refers to nothing that is not there, and names every part of its paths', async (t) => {
    for (const [, section = '', name = ''] of answer.text.matchAll(
      /"#\/components\/(\w+)\/(\w+)"/g,
    ))
      t.ok((document.components as Record<string, Record<string, unknown>>)[section]?.[name], name)
    for (const { path, operation } of operations) {
      const inPath = operation.parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      t.strictSame(
        inPath,
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
        path,
      )
    }
  })
  t.test('takes bodies as the routes do: each example is one', async (t) => {
    for (const { path, operation } of operations) {
      const body = operation.requestBody?.content['application/json']
      if (body === undefined) continue
      t.strictSame([...Value.Errors(body.schema, body.example)], [], path)
    }
    t.ok(operations.filter(({ operation }) => operation.requestBody).length > 8)
  })
  t.test('needs a login, as everything does but the welcome', async (t) => {
    t.equal((await it.app.inject('/api/v1/openapi.json')).statusCode, 401)
    const open = operations.filter(({ operation }) => !operation.responses['401'])
    t.strictSame(
      open.map(({ path }) => path),
      ['/'],
    )
  })
  t.test('says the same each time it is asked', async (t) => {
    const digest = (text: string) => createHash('sha256').update(text).digest('hex')
    t.equal(digest((await call(it, 'GET /api/v1/openapi.json')).text), digest(answer.text))
  })
})

t.test('a member that no description has is noticed', async (t) => {
  const it = open(t, { unnoticed: true })
  it.app.addHook('preSerialization', async (_request, _reply, payload) =>
    Array.isArray(payload) ? payload : { ...(payload as object), surprise: 1 },
  )
  await call(it, 'GET /api/v1/drivers/scaleway')
  t.match(it.differences.join(), /GET .*drivers\/:name 200: .*surprise/)
})
