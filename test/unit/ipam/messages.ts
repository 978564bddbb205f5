import { readdirSync, readFileSync } from 'node:fs'
import type { DriverName } from '../../../ipam/wire/index.ts'

const folder = new URL('../../recorded/ipam/', import.meta.url)

export interface Message {
  readonly name: string
  readonly driver: DriverName
  readonly xml: string
}

/** What oned was recorded to send, in the order it sent it. */
export const messages: readonly Message[] = readdirSync(folder)
  .filter((file) => file.endsWith('.xml'))
  .map((file) => ({
    name: file.replace('.xml', ''),
    driver: file.replace(/^\d+-|\.xml$/g, '') as DriverName,
    xml: readFileSync(new URL(file, folder), 'utf8'),
  }))

/** An answer of the controller to register, as it gives it. */
export const registeredRange = {
  range: {
    CUSTOM_IN: 'abc',
    IPAM_MAD: 'scaleway',
    PROVISION_ID: '42',
    TYPE: 'IP4',
    IP: '100.64.0.0',
    SIZE: '1',
    GATEWAY: '100.64.0.1',
    NETWORK_MASK: '255.255.255.254',
    EXTERNAL_IP: '195.154.0.1',
    SCALEWAY_IP_ID: '00000000-0000-4000-8000-000000000001',
    EDGE_KEY: 'a0000000-0000-4000-8000-000000000001/range-1',
  },
  calls: [
    { method: 'GET', path: '/flexible-ip/v1alpha1/zones/fr-par-2/fips', status: 200, ms: 41 },
    {
      ...{ method: 'POST', path: '/flexible-ip/v1alpha1/zones/fr-par-2/fips', status: 200 },
      ...{ requestId: '11111111-2222-4333-8444-555555555555', ms: 312 },
    },
  ],
} as const

export const released = { state: 'released', calls: [] } as const

export const base64 = (text: string): string => Buffer.from(text).toString('base64')
