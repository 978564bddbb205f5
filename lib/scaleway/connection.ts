import { keepSecret } from '../log/index.ts'
import { cloudFault } from './faults.ts'

/** One project of Scaleway, seen from one zone. */
export interface ScalewayConnection {
  readonly accessKey: string
  readonly secretKey: string
  readonly projectId: string
  readonly region: string
  readonly zone: string
  /** https://api.scaleway.com unless given; no trailing slash. */
  readonly apiUrl?: string
}

/** Zones that have Elastic Metal, flexible IPs and public gateways alike. */
export const metalZones: readonly string[] = [
  'fr-par-1',
  'fr-par-2',
  'nl-ams-1',
  'nl-ams-2',
  'pl-waw-2',
  'pl-waw-3',
]

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const forms = {
  accessKey: /^SCW[A-Z0-9]{17}$/i,
  secretKey: uuid,
  projectId: uuid,
  region: /^[a-z]{2}-[a-z]{3}$/,
  zone: /^[a-z]{2}-[a-z]{3}-[1-9]$/,
} as const

/**
 * The connection, checked and its secret remembered for scrubbing. The SDK builds an unauthenticated
 * client without a word when a key is empty, so the form is checked here.
 * Throws EDGE_CLOUD_KEY_MALFORMED, EDGE_CLOUD_ZONE_UNKNOWN.
 */
export function checkedConnection(connection: ScalewayConnection): ScalewayConnection {
  for (const [name, form] of Object.entries(forms)) {
    const value = connection[name as keyof typeof forms]
    if (!form.test(value ?? ''))
      throw cloudFault('EDGE_CLOUD_KEY_MALFORMED', `The provider’s ${name} is malformed`)
  }
  // Only what has a secret's form: anything else would mask ordinary words in all texts.
  keepSecret(connection.secretKey)
  const { zone, region } = connection
  if (!metalZones.includes(zone) || regionOf(zone) !== region) {
    throw cloudFault(
      'EDGE_CLOUD_ZONE_UNKNOWN',
      metalZones.includes(zone)
        ? `Zone ${zone} is not in region ${region}`
        : `Zone ${zone} has no Elastic Metal`,
    )
  }
  return connection
}

export function regionOf(zone: string): string {
  return zone.replace(/-\d+$/, '')
}
