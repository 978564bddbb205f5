import { readFile } from 'node:fs/promises'
import { keepSecret } from '../../lib/log/index.ts'
import { fault } from './faults.ts'

/** oneadmin's "user:password", from the file every OpenNebula front-end has. */
export async function oneSession(path: string): Promise<string> {
  try {
    const text = (await readFile(path, 'utf8')).trim()
    keepSecret(text.slice(text.indexOf(':') + 1))
    return text
  } catch (cause) {
    const answer = cause instanceof Error ? cause.message : String(cause)
    throw fault('EDGE_ONE_AUTH', `Cannot read OpenNebula's login from ${path}`, { answer, cause })
  }
}
