import { dirname, join } from 'node:path'
import type { StandingLogin } from '../bootstrap/index.ts'
import type { Config } from '../config/index.ts'

/** How OpenNebula itself logs in to its hosts: with oneadmin's key, to those that oneadmin knows. */
export function oneadminLogin(
  { oneKey, profile }: Pick<Config, 'oneKey' | 'profile'>,
  address: string,
): StandingLogin {
  return {
    address,
    user: profile.sshUser,
    identityFile: oneKey.replace(/\.pub$/, ''),
    knownHostsFile: join(dirname(oneKey), 'known_hosts'),
  }
}
