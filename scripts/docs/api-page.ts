import { createApi, scalewayDriver } from '../../controller/api/index.ts'
import { silent } from '../../lib/log/index.ts'

interface Parameter {
  readonly name: string
  readonly in: string
  readonly description?: string
}
interface Content {
  readonly schema: Schema
  readonly example?: unknown
}
interface Schema {
  readonly type?: string
  readonly description?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly pattern?: string
}
interface Operation {
  readonly summary: string
  readonly description: string
  readonly tags: readonly string[]
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Content>> }>
  >
}
export interface ApiDocument {
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly responses: Readonly<Record<string, { readonly description: string }>>
  }
}

const head = `# The REST API

<!-- Written by npm run docs from the routes' own descriptions; test/unit/docs/api.test.ts holds it to them. -->

OneForm's routes, as its clients know them, and what edgectl adds to them. \`GET /api/v1/openapi.json\` has all of
this as OpenAPI 3.1, schemas included. Every request needs HTTP Basic credentials that oned takes, and acts as that
user; bodies are JSON. Failures are \`{"err_code", "message", "context"}\`, with the code of
[errors.md](errors.md) in the header \`x-edgectl-code\`; a login that oned refuses is 401 with text.

\`\`\`sh
curl -u "$(cat ~/.one/one_auth)" http://localhost:13013/api/v1/provisions
\`\`\`
`

/** The description of the API that a controller would serve. */
export async function apiDocument(): Promise<ApiDocument> {
  const app = createApi(describing)
  const authorization = `Basic ${Buffer.from('oneadmin:opennebula').toString('base64')}`
  const answer = await app.inject({ url: '/api/v1/openapi.json', headers: { authorization } })
  await app.close()
  return answer.json()
}

/** Nothing is asked of an API that only describes itself, but who asks. */
const describing = {
  documents: { as: () => ({}) },
  one: {
    as: () => ({
      user: async () => ({ id: 0, name: 'oneadmin', gid: 0, gname: 'oneadmin', groups: [0] }),
    }),
  },
  lifecycle: {},
  events: { subscribe: () => () => undefined },
  clock: { now: () => 0, elapsed: () => 0 },
  driver: scalewayDriver({ systemPath: '/usr/lib/edgectl', version: '1.0.0' }),
  logger: silent,
  stock: null,
} as unknown as Parameters<typeof createApi>[0]

/** docs/api.md. */
export function apiPage({ tags, paths, components }: ApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...{ operation, title: `${method.toUpperCase()} ${path}` },
    })),
  )
  const statuses = Object.entries(components.responses).map(
    ([name, { description }]) =>
      `| ${name === 'Unauthorized' ? '401' : name.slice(1)} | ${description} |`,
  )
  const sections = tags.map(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name))
    const routes = own.map(({ title, operation }) => routeText(title, operation))
    return [`## ${name}`, ...routes].join('\n\n')
  })
  const failures = [
    '## How requests fail',
    ['| status | meaning |', '| --- | --- |', ...statuses].join('\n'),
  ]
  return `${[head, ...sections, ...failures].join('\n\n').replace(/\n{3,}/g, '\n\n')}\n`
}

function routeText(title: string, operation: Operation): string {
  const { summary, description, parameters, requestBody, responses } = operation
  const query = parameters.filter((one) => one.in === 'query')
  const body = requestBody?.content['application/json']
  const statuses = Object.keys(responses)
  const failures = statuses.filter((status) => Number(status) >= 400)
  return [
    `### ${title}`,
    `${summary}. ${description}`,
    ...(query.length === 0
      ? []
      : [
          rows(
            'query',
            query.map(({ name, description }) => [name, description ?? '']),
          ),
        ]),
    ...(body ? [rows('body', membersOf(body.schema)), fenced('Body', body.example)] : []),
    ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
      Object.entries(content).map(([type, { example }]) => fenced(`${status}`, example, type)),
    ),
    `Answers ${statuses.filter((status) => Number(status) < 400).join(', ')}${failures.length === 0 ? '' : `; fails with ${failures.join(', ')}`}.`,
  ].join('\n\n')
}

function membersOf({ properties = {}, required = [] }: Schema): [string, string][] {
  return Object.entries(properties).map(([name, schema]) => [
    name,
    `${typeOf(schema)}${required.includes(name) ? '' : ', optional'}`,
  ])
}

function typeOf({ type, anyOf, items, ...rest }: Schema): string {
  if (rest.const !== undefined) return JSON.stringify(rest.const)
  if (rest.enum) return rest.enum.map((one) => JSON.stringify(one)).join(' or ')
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(' or ')
  if (type === 'array') return `list of ${items ? typeOf(items) : 'anything'}`
  return type ?? 'anything'
}

function rows(what: string, lines: readonly (readonly [string, string])[]): string {
  return [
    `| ${what} | |`,
    '| --- | --- |',
    ...lines.map(([name, text]) => `| \`${name}\` | ${text.replaceAll('|', '\\|')} |`),
  ].join('\n')
}

/** Long examples are cut where nobody reads on. */
const mostLines = 24

function fenced(title: string, example: unknown, type = 'application/json'): string {
  const text = typeof example === 'string' ? example : JSON.stringify(example, null, 2)
  const lines = text.trimEnd().split('\n')
  const shown = lines.length > mostLines ? [...lines.slice(0, mostLines), '…'] : lines
  const language = type === 'application/json' && typeof example !== 'string' ? 'json' : 'text'
  return [`${title}:`, '', `\`\`\`${language}`, ...shown, '```'].join('\n')
}
