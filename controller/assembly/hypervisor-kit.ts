import { readFile } from 'node:fs/promises'
import type { HypervisorKit } from '../bootstrap/index.ts'
import type { Config } from '../config/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'
import { fault } from './faults.ts'

type Kind = HypervisorKit['kind']

/** What a host of that kind gets at this site. Throws EDGE_ONE_KEY. */
export async function hypervisorKit(
  { profile, oneKey }: Pick<Config, 'profile' | 'oneKey'>,
  one: Pick<OpenNebula, 'version'>,
  kind: Kind,
): Promise<HypervisorKit> {
  const { repository } = profile
  const packages = kind === 'kvm' ? profile.kvmPackages : profile.lxcPackages
  const nothing = { kind, packages, repository, series: '', keys: [] }
  if (packages.length === 0) return nothing
  const [keys, version] = await Promise.all([publicKeys(oneKey), one.version()])
  return { ...nothing, keys, series: seriesOf(version) }
}

/** The repository of 7.0.1 is that of 7.0. */
export function seriesOf(version: string): string {
  const series = /^\d+\.\d+/.exec(version)?.[0]
  if (series !== undefined) return series
  throw fault('EDGE_ONE_VERSION', `oned says that it is "${version.slice(0, 40)}"`)
}

const publicKey = /^(ssh-|ecdsa-|sk-)[\w@.-]+ [A-Za-z0-9+/]+={0,2}( .*)?$/

/** Found out only when the servers are paid for, it would be a bad surprise. Throws EDGE_ONE_KEY. */
export async function publicKeys(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const answer = cause instanceof Error ? cause.message : String(cause)
    throw fault('EDGE_ONE_KEY', `Cannot read oneadmin's public key from ${file}`, { answer, cause })
  })
  const lines = text.split('\n').map((line) => line.trim())
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'))
  if (keys.length > 0 && keys.every((key) => publicKey.test(key))) return keys
  throw fault('EDGE_ONE_KEY', `${file} holds no public key of SSH`)
}
