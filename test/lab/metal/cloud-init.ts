/** The parts of cloud-init user data that the lab's servers understand. */
export interface UserData {
  readonly hostname?: string
  /** The one host key; without it a server makes its own. */
  readonly hostKey?: { readonly privateKey: string; readonly publicKey: string }
  readonly authorizedKeys: readonly string[]
}

const known = new Set(['hostname', 'ssh_deletekeys', 'ssh_keys', 'ssh_authorized_keys'])

/**
 * Reads `#cloud-config` whose body is JSON (which is YAML). The real one ignores what it does not
 * know; this one throws, so that nobody relies on something the lab does not do.
 */
export function parseUserData(text: string | null): UserData {
  if (text === null || text.trim() === '') return { authorizedKeys: [] }
  const [first = '', ...rest] = text.split('\n')
  if (first.trim() !== '#cloud-config') {
    throw new Error(`User data starts with "${first.slice(0, 40)}", not with #cloud-config`)
  }
  const config: Record<string, unknown> = JSON.parse(rest.join('\n'))
  const unknown = Object.keys(config).filter((key) => !known.has(key))
  if (unknown.length > 0) {
    throw new Error(`The lab's servers do not understand user data's ${unknown.join(', ')}`)
  }
  const hostKey = hostKeyOf(config['ssh_keys'])
  return {
    ...(config['hostname'] === undefined ? {} : { hostname: String(config['hostname']) }),
    ...(hostKey === undefined ? {} : { hostKey }),
    authorizedKeys: (config['ssh_authorized_keys'] as string[] | undefined) ?? [],
  }
}

function hostKeyOf(keys: unknown): UserData['hostKey'] {
  if (keys === undefined) return undefined
  const { ed25519_private, ed25519_public, ...others } = keys as Record<string, string>
  if (Object.keys(others).length > 0 || !ed25519_private || !ed25519_public) {
    throw new Error('The lab takes an ed25519 host key, private and public, and no other kind')
  }
  return { privateKey: ed25519_private, publicKey: ed25519_public }
}
