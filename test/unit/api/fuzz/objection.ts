import type { Shot } from './shot.ts'

export interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

export interface Seen extends Answer {
  /** What it changed, had done, or asked the cloud. */
  readonly changes: readonly string[]
  readonly logged: readonly string[]
}

interface Secrets {
  /** Of somebody, who alone may be told. */
  readonly kept: readonly string[]
  /** Of whoever asks, who knows it. */
  readonly own: string
}

/** What nobody could live with in an answer; undefined when there is nothing. */
export function objection(shot: Shot, seen: Seen, secrets: Secrets): string | undefined {
  const { status, text, changes, logged } = seen
  if (!Number.isInteger(status) || status < 200 || status >= 500)
    return `answered ${status}: ${text}`
  const spoken = [text, ...logged].join('\n')
  if (spoken.includes(secrets.own)) return 'repeated a secret it was given'
  if (secrets.kept.some((secret) => spoken.includes(secret)) && !mayTell(shot, seen))
    return 'told a secret'
  if (/\bat \S+ \(|node_modules|\.ts:\d/.test(text)) return `told where it failed: ${text}`
  // the cloud may refuse what it is asked for
  const did = changes.filter((change) => !/^asked the cloud|^reverse /.test(change))
  if (['GET', 'HEAD', 'OPTIONS'].includes(shot.method) && did.length > 0)
    return `changed something: ${did.join(', ')}`
  if (status < 400) return badSuccess(shot, seen)
  if (did.length > 0) return `answered ${status} and did ${did.join(', ')}`
  return badRefusal(shot, seen)
}

/** Only to who may manage the provider, which asked for it in so many words. */
function mayTell({ url, headers }: Shot, { status }: Answer): boolean {
  const [, encoded = ''] = String(headers['authorization']).split(' ')
  const user = Buffer.from(encoded, 'base64').toString('utf8').split(':')[0] ?? ''
  const asked = /^(https?:\/\/[^/]+)?\/api\/v1\/providers.*[?&]include_sensitive=true/.test(url)
  return status === 200 && asked && ['oneadmin', 'alice', 'ruth'].includes(user)
}

function badSuccess({ method }: Shot, { status, type, text }: Answer): string | undefined {
  if (status === 204 || method === 'HEAD') return text === '' ? undefined : `a body: ${text}`
  if (type.startsWith('text/event-stream')) return undefined
  if (text === '' || text === 'Welcome to the OpenNebula Formation Server v1') return undefined
  return parsed(text) === undefined ? `no JSON: ${text.slice(0, 200)}` : undefined
}

function badRefusal({ method }: Shot, { status, text }: Answer): string | undefined {
  if (method === 'HEAD') return text === '' ? undefined : `a body: ${text}`
  if (status === 401) return text === 'Invalid credentials' ? undefined : `a 401 of ours: ${text}`
  if (status === 404 && text === '<h1>Not Found</h1>') return undefined
  const body = parsed(text) as { err_code?: unknown; message?: unknown; context?: unknown }
  if (typeof body !== 'object' || body === null) return `no JSON: ${text.slice(0, 200)}`
  const { err_code, message, context: _context, ...more } = body
  if (err_code !== status) return `err_code ${String(err_code)} with ${status}`
  if (typeof message !== 'string' || !/\S+ \S+/.test(message)) return `no sentence: ${text}`
  return Object.keys(more).length > 0 ? `another shape: ${text}` : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
