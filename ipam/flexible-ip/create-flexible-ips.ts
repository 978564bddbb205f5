import { addressFrom } from './address-tags.ts'
import { attach, detach } from './attach.ts'
import { createAttachQueue } from './attach-queue.ts'
import type { FlexibleIpPorts, FlexibleIps } from './flexible-ips.ts'
import { provisionAddresses } from './listing.ts'
import { createPairPool } from './pair-pool.ts'
import { createRegister } from './register.ts'
import { release } from './release.ts'

export const defaultPool = '100.64.0.0/16'

/** The flexible IPs of all provisions of one controller. Throws TypeError for a malformed pool. */
export function createFlexibleIps(ports: FlexibleIpPorts): FlexibleIps {
  const pool = createPairPool(ports.pool ?? defaultPool, () => ports.clock.now())
  const queue = createAttachQueue(ports.clock)
  return {
    register: createRegister(ports, pool),
    release: (request) => release(ports, request),
    attach: (request) => attach(ports, queue, request),
    detach: (request) => detach(ports, request),
    async list(provisionId) {
      const addresses = await provisionAddresses(await ports.provision(provisionId))
      return addresses.flatMap((fip) => addressFrom(fip) ?? [])
    },
  }
}
