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
  return {
    url: findUrl(given, env).url,
    version: findVersion(given, env),
    session: findSession(given, env).session,
  }
}

/** Of the API. Throws a Failure for what cannot be one. */
export function findVersion(given: Given, env: NodeJS.ProcessEnv): string {
  const version = given['api-version'] ?? env['ONEFORM_VERSION'] ?? 'v1'
  if (/^\w+$/.test(version)) return version
  throw new Failure(`"${version}" is not a version like v1`, badRequest)
}

/** oned's own address, found where every command of OpenNebula looks for it. */
export function findOned(env: NodeJS.ProcessEnv, otherwise = defaultOned): string {
  const files = [homeOf(env), oneadminDirectory].map((place) => join(place, 'one_endpoint'))
  return env['ONE_XMLRPC'] ?? firstLine(...files)?.text ?? otherwise
}

/** Where the controller is, and who says so. Throws a Failure for what is no URL. */
export function findUrl(given: Given, env: NodeJS.ProcessEnv): { url: URL; from: string } {
  const files = [homeOf(env), oneadminDirectory].map((place) => join(place, 'oneform_endpoint'))
  const { text, from } = told(given.server, '--server') ??
    told(env['ONEFORM_URL'], 'ONEFORM_URL') ??
    firstLine(...files) ?? { text: defaultUrl, from: 'the default' }
  const url = URL.parse(text)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return { url, from }
  throw new Failure(`"${text}" is not a URL like ${defaultUrl}`, badRequest)
}

/** Who asks, and where that stands. Throws a Failure where there is no login. */
export function findSession(
  given: Given,
  env: NodeJS.ProcessEnv,
): { session: string; from: string } {
  const user = given.username ?? env['ONEFORM_USER']
  const password = given.password ?? env['ONEFORM_PASSWORD']
  if (user !== undefined && password !== undefined) {
    const from = [
      given.username === undefined ? 'ONEFORM_USER' : '--username',
      given.password === undefined ? 'ONEFORM_PASSWORD' : '--password',
    ].join(' and ')
    return { session: `${user}:${password}`, from }
  }
  if (user !== undefined || password !== undefined) {
    // the login of a file would be somebody else's
    const lacking =
      user === undefined ? '--username or ONEFORM_USER' : '--password or ONEFORM_PASSWORD'
    throw new Failure(`Half a login was given; give ${lacking} as well`, badRequest)
  }
  const named = env['ONE_AUTH']
  const own = named ?? join(homeOf(env), 'one_auth')
  // who names a file means that one and no other
  const found = firstLine(
    own,
    ...(named === undefined ? [join(oneadminDirectory, 'one_auth')] : []),
  )
  if (found?.text.includes(':')) return { session: found.text, from: found.from }
  throw new Failure(
    `No login found: set ONEFORM_USER and ONEFORM_PASSWORD, or write user:password to ${own}`,
    badRequest,
  )
}

function told(text: string | undefined, from: string) {
  return text === undefined ? undefined : { text, from }
}

/** Where OpenNebula's users keep what is theirs. */
function homeOf(env: NodeJS.ProcessEnv): string {
  return join(env['HOME'] ?? homedir(), '.one')
}

/** The first line of the first file that has one. */
function firstLine(...files: string[]): { text: string; from: string } | undefined {
  for (const file of files) {
    try {
      const text = readFileSync(file, 'utf8').split('\n')[0]?.trim()
      if (text) return { text, from: file }
    } catch {
      // not there or not ours to read: the next place may have it
    }
  }
  return undefined
}
