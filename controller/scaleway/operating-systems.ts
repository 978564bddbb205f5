import { allPages, type Scaleway } from '../../lib/scaleway/index.ts'
import { fault } from './faults.ts'
import type { Offer } from './offers.ts'

/** An operating system as Scaleway's API shows it. */
export type Os = Awaited<ReturnType<Scaleway['baremetal']['getOS']>>

/**
 * `ubuntu_2204` on that offer, with cloud-init, which brings the host's key.
 * Throws EDGE_OS_UNSUITABLE.
 */
export async function findOs({ baremetal }: Scaleway, offer: Offer, osName: string): Promise<Os> {
  const [, name = '', major = '', minor = ''] = /^([a-z]+)_(\d{2})(\d{2})?$/.exec(osName) ?? []
  const version = minor ? `${major}.${minor}` : major
  const all = await allPages(baremetal.listOS, { offerId: offer.id })
  const found = all.find(
    (os) =>
      os.name.toLowerCase() === name &&
      (os.version === version || os.version.startsWith(`${version} `)) &&
      os.enabled &&
      os.allowed &&
      !os.licenseRequired &&
      os.cloudInitSupported &&
      !offer.incompatibleOsIds.includes(os.id),
  )
  if (found) return found
  throw fault('EDGE_OS_UNSUITABLE', `${osName} with cloud-init is not sold for ${offer.name}`)
}
