import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { badRequest, Failure } from './failure.ts'

export interface Given {
  readonly server?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly 'api-version'?: string | undefined
}

export interface Endpoint {
  readonly url: URL
  /** Of the API, as it stands in paths. */
  readonly version: string
  /** `user:password`, as HTTP Basic carries it. */
  readonly session: string
}

/** Where stock OpenNebula keeps what belongs to oneadmin. */
const oneadminDirectory = '/var/lib/one/.one'
const defaultOned = 'http://localhost:2633/RPC2'
const defaultUrl = 'http://localhost:13013'

/** Controller and login, found where the stock OneForm command line looks for them, in its order. */
export function findEndpoint(given: Given, env: NodeJS.ProcessEnv): Endpoint {
  const home = join(env['HOME'] ?? homedir(), '.one')
  const version = given['api-version'] ?? env['ONEFORM_VERSION'] ?? 'v1'
  if (!/^\w+$/.test(version)) throw new Failure(`"${version}" is not a version like v1`, badRequest)
  return { url: urlOf(given, env, home), version, session: sessionOf(given, env, home) }
}

/** oned's own address, found where every command of OpenNebula looks for it. */
export function findOned(env: NodeJS.ProcessEnv): string {
  const own = join(env['HOME'] ?? homedir(), '.one', 'one_endpoint')
  return env['ONE_XMLRPC'] ?? firstLine(own, join(oneadminDirectory, 'one_endpoint')) ?? defaultOned
}

function urlOf(given: Given, env: NodeJS.ProcessEnv, home: string): URL {
  const text =
    given.server ??
    env['ONEFORM_URL'] ??
    firstLine(join(home, 'oneform_endpoint'), join(oneadminDirectory, 'oneform_endpoint')) ??
    defaultUrl
  const url = URL.parse(text)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new Failure(`"${text}" is not a URL like ${defaultUrl}`, badRequest)
}

function sessionOf(given: Given, env: NodeJS.ProcessEnv, home: string): string {
  const user = given.username ?? env['ONEFORM_USER']
  const password = given.password ?? env['ONEFORM_PASSWORD']
  if (user !== undefined && password !== undefined) return `${user}:${password}`
  const own = env['ONE_AUTH'] ?? join(home, 'one_auth')
  const session = firstLine(own, join(oneadminDirectory, 'one_auth'))
  if (session?.includes(':')) return session
  throw new Failure(
    `No login found: set ONEFORM_USER and ONEFORM_PASSWORD, or write user:password to ${own}`,
    badRequest,
  )
}

function firstLine(...files: string[]): string | undefined {
  for (const file of files) {
    try {
      const line = readFileSync(file, 'utf8').split('\n')[0]?.trim()
      if (line) return line
    } catch {
      // not there or not ours to read: the next place may have it
    }
  }
  return undefined
}
