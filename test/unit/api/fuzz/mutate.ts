import type { Chance } from '../../ipam/fuzz/chance.ts'
import { basic } from '../support.ts'
import { anything } from './bodies.ts'
import { type Draft, withId } from './draft.ts'
import { oddNames, oddTexts } from './odd.ts'

type Words = readonly [string, ...string[]]
const text = (chance: Chance) => chance.of(oddTexts as unknown as Words)
const name = (chance: Chance) => chance.of(oddNames as unknown as Words)
const kB = 1024

/** The members of an object or array in a body, however deep. */
function* holders(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return
  yield value as Record<string, unknown>
  for (const inner of Object.values(value)) yield* holders(inner)
}

/** Some object of the body; a new one where the request has none. */
function holder(draft: Draft, chance: Chance): Record<string, unknown> {
  if (typeof draft.body !== 'object' || draft.body === null) draft.body = {}
  return chance.any([...holders(draft.body)]) ?? (draft.body as Record<string, unknown>)
}

const json = (draft: Draft) => JSON.stringify(draft.body ?? {})

function damaged(source: string, chance: Chance): string {
  const at = chance.below(source.length + 1)
  const odd = chance.of([
    '{',
    '}',
    '[',
    ']',
    '"',
    ',',
    ':',
    "'",
    '\\',
    '\u0000',
    '//',
    'NaN',
    '\ufeff',
  ])
  const cut = chance.below(9)
  return chance.of([
    source.slice(0, at),
    source.slice(at),
    source.slice(0, at) + odd + source.slice(at),
    source.slice(0, at) + source.slice(at + 1 + cut),
    source + source,
    `${source},`,
    source.replaceAll('"', "'"),
    source.replace(/:(.*)$/, ':undefined$1'),
  ])
}

const tricks = [
  ...[
    '//',
    '/./',
    '/../',
    '/%2e%2e/',
    '/%2f',
    '/..%2f',
    '/..;/',
    '/%00',
    '/%0a',
    '/%',
    '/%zz',
    '/%ff',
  ],
  ...['/%c0%af', '/%252e%252e%252f', '\\', '/;x=y', '/?', '/#', '/*', '/~', '/ ', '/\u0000', '/é'],
  ...[
    '/%F0%9F%98%80',
    '/api/v1',
    '/undeploy',
    '/logs/poll/',
    '/.json',
    '/index.html',
    '/__proto__',
  ],
] as const

const ids = [
  ...[
    '-1',
    '+3',
    '007',
    '0000000000003',
    '3.0',
    '3e0',
    '0x3',
    '3%20',
    '%203',
    '3%00',
    '٣',
    '９',
    '3,4',
  ],
  ...['3;4', '3..9', 'NaN', 'null', 'constructor', '__proto__', '1000000000', '9'.repeat(99)],
  ...['9'.repeat(101), '9'.repeat(5_000), '%33', '3%0a', '*', '%2e%2e', ':id', '[3]', '3/3', ''],
] as const

const types = [
  ...['text/plain', 'application/xml', 'multipart/form-data', 'multipart/form-data; boundary=x'],
  ...['application/x-www-form-urlencoded', 'application/json; charset=utf-16', 'a', '/', ';', ''],
  ...['application/json;charset=', 'application/json, text/html', 'APPLICATION/JSON', '*/*', 'é'],
  ...['application/octet-stream', 'x'.repeat(3_000), 'application/json; a="b', 'image/png'],
] as const

const encodings = ['gzip', 'deflate', 'br', 'identity', 'zstd', 'chunked', 'x, y'] as const

const logins = [
  ...['', 'Basic', 'Basic ', 'Basic =', 'Basic !!!!', 'Bearer abc', 'Digest x="y"', 'basic', 'é'],
  ...['Negotiate', 'Basic YWxpY2U=', `Basic ${'A'.repeat(9_000)}`, 'Basic OjoK', 'AWS4-HMAC', '\t'],
] as const

const sessions = [
  ...[
    'alice:wrong',
    'nobody:x',
    'alice:',
    ':wonder',
    'alice',
    'oneadmin:opennebula ',
    'ALICE:wonder',
  ],
  ...['alice:wonder:x', 'al\u0000ice:wonder', 'alice:\u0000', 'alice:\nwonder', 'é:é', ']]>:<x>'],
  ...[`alice:${'x'.repeat(3_000)}`, '<name>:&amp;', 'alice:\ufffe', '0:0', '-1:x', '*:*'],
] as const

const headers: readonly (readonly [string, string])[] = [
  ...[['x-http-method-override', 'DELETE'] as const, ['x-forwarded-for', '127.0.0.1'] as const],
  ...[['x-forwarded-host', 'evil.example'] as const, ['x-original-url', '/api/v1/leaks'] as const],
  ...[['last-event-id', 'x'.repeat(9_000)] as const, ['last-event-id', '0-0'] as const],
  ...[
    ['range', 'bytes=0-1'] as const,
    ['if-none-match', '*'] as const,
    ['te', 'trailers'] as const,
  ],
  ...[['content-length', '7'] as const, ['content-length', '-1'] as const, ['host', ''] as const],
  ...[['content-length', '999999999999'] as const, ['transfer-encoding', 'gzip'] as const],
  ...[['accept', 'application/xml'] as const, ['accept', ''] as const, ['cookie', 'a=b'] as const],
  ...[['x-edgectl-code', 'EDGE'] as const, ['upgrade', 'websocket'] as const],
  ...[['connection', 'upgrade, keep-alive'] as const, ['origin', 'null'] as const],
]

const verbs = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND'],
  ...['LOCK', 'SEARCH', 'PURGE', 'BREW', 'QUERY', 'get', 'MKCOL', 'REPORT', 'X'],
] as const

/** Every kind of mutation by its name; each changes the draft in place. */
export const mutations: Readonly<Record<string, (draft: Draft, chance: Chance) => void>> = {
  'malformed JSON': (draft, chance) => {
    draft.payload = damaged(json(draft), chance)
  },
  'another type': (draft, chance) => {
    const one = holder(draft, chance)
    one[chance.any(Object.keys(one)) ?? name(chance)] = anything(chance)
  },
  'another body': (draft, chance) => {
    draft.body = anything(chance)
  },
  'a missing member': (draft, chance) => {
    const one = holder(draft, chance)
    delete one[chance.any(Object.keys(one)) ?? '']
  },
  'one member more': (draft, chance) => {
    Object.defineProperty(holder(draft, chance), name(chance), {
      ...{ value: anything(chance), enumerable: true, configurable: true, writable: true },
    })
  },
  'poisoned names': (draft, chance) => {
    const odd = chance.of(['__proto__', 'constructor', 'prototype', 'toString'])
    const inner = chance.of([
      '{"isAdmin":true}',
      '{"prototype":{"x":1}}',
      'null',
      '7',
      '{"driver":"scaleway"}',
    ])
    draft.payload = json(draft)
      .replace(/\{/, `{${JSON.stringify(odd)}:${inner},`)
      .replace(',}', '}')
  },
  'a member twice': (draft, chance) => {
    const one = json(draft)
    const [, member = '"driver"'] = /\{("(?:[^"\\]|\\.)*")/.exec(one) ?? []
    draft.payload = one
      .replace(/\{/, `{${member}:${JSON.stringify(anything(chance))},`)
      .replace(',}', '}')
  },
  'a huge body': (draft, chance) => {
    const length = chance.of([200, 255, 257, 300, 600]) * kB
    const one = holder(draft, chance)
    one[chance.any(Object.keys(one)) ?? 'name'] = 'x'.repeat(length)
  },
  'deep nesting': (draft, chance) => {
    const depth = chance.of([50, 500, 5_000, 60_000])
    const [open, close] = chance.once(2) ? ['[', ']'] : ['{"a":', '}']
    const deep = open.repeat(depth) + (open === '[' ? '' : '1') + close.repeat(depth)
    draft.payload = chance.once(2) ? deep : json(draft).replace(/:[^:]*\}$/, `:${deep}}`)
  },
  'a huge array': (draft, chance) => {
    const length = chance.of([1_001, 5_000, 20_000])
    const one = holder(draft, chance)
    const value = chance.of<unknown>([0, '1', null])
    one[chance.any(Object.keys(one)) ?? 'ids'] = Array.from({ length }, () => value)
  },
  'an odd id': (draft, chance) => {
    const template = draft.route.split(' ')[1] ?? '/'
    draft.path = /:(id|name)/.test(template)
      ? withId(template, chance.of(ids as unknown as Words))
      : `${template}/${chance.of(ids as unknown as Words)}`
  },
  'a path trick': (draft, chance) => {
    const trick = chance.of(tricks as unknown as Words)
    const slashes = [...draft.path.matchAll(/\//g)].map(({ index }) => index)
    const at = chance.any(slashes) ?? 0
    draft.path = chance.of([
      draft.path.slice(0, at) + trick + draft.path.slice(at),
      draft.path.slice(0, at) + trick + draft.path.slice(at + 1),
      draft.path + trick,
      trick + draft.path,
      `${draft.path}/`,
      `${draft.path}${'/a'.repeat(chance.of([10, 4_000]))}`,
      draft.path.toUpperCase(),
      `http://other.example${draft.path}`,
    ])
  },
  'a part of the path': (draft, chance) => {
    draft.path = draft.path.slice(0, 1 + chance.below(draft.path.length))
  },
  'an odd query': (draft, chance) => {
    const key = chance.of([
      'include_sensitive',
      'all',
      'force',
      'pos',
      'page',
      'per_page',
      'dry_run',
    ])
    const value = encodeURIComponent(text(chance).toWellFormed())
    draft.query = chance.of([
      `${key}=true&${key}=true`,
      `${key}=${value}`,
      `${key}[]=true`,
      `${key}[a]=true`,
      `__proto__[${key}]=true&constructor=x`,
      `${encodeURIComponent(name(chance).toWellFormed())}=${value}`,
      `${key}=%zz`,
      `${key}=%ff`,
      '&'.repeat(3_000),
      '?'.repeat(99),
      `${key}=${'9'.repeat(9_000)}`,
      `${key}=1e3`,
    ])
  },
  'an odd content type': (draft, chance) => {
    draft.headers['content-type'] = chance.of(types as unknown as Words)
  },
  'an odd encoding': (draft, chance) => {
    draft.headers['content-encoding'] = chance.of(encodings as unknown as Words)
    if (chance.once(2)) draft.payload = Buffer.from('1f8b0800000000000003ab5600', 'hex')
  },
  'invalid UTF-8': (draft, chance) => {
    const bytes = Buffer.from(json(draft))
    const bad = chance.of(['ff', 'c0af', 'eda080', 'f5808080', 'e282', '80', 'fffe', '00'])
    const at = chance.below(bytes.length + 1)
    draft.payload = Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from(bad, 'hex'),
      bytes.subarray(at),
    ])
  },
  'another alphabet': (draft, chance) => {
    const encoding = chance.of(['utf16le', 'latin1', 'base64', 'hex'] as const)
    draft.payload = chance.once(2)
      ? Buffer.from(json(draft), encoding)
      : Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(json(draft))])
  },
  'no login': (draft) => {
    delete draft.headers['authorization']
  },
  'a wrong login': (draft, chance) => {
    draft.headers['authorization'] = chance.once(2)
      ? chance.of(logins as unknown as Words)
      : basic(chance.of(sessions as unknown as Words)).authorization
  },
  'an odd header': (draft, chance) => {
    const [key, value] = chance.any(headers) ?? ['x', 'y']
    draft.headers[key] = value
  },
  'another verb': (draft, chance) => {
    draft.method = chance.of(verbs as unknown as Words)
  },
  'an empty body': (draft, chance) => {
    draft.payload = chance.of(['', ' ', '\n', 'null', '{}', '[]', '""', '0', 'false'])
  },
}
