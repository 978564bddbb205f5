import { addressFrom } from './address-tags.ts'
import { attach, detach } from './attach.ts'
import { createAttachQueue } from './attach-queue.ts'
import { createCustody } from './custody.ts'
import type { FlexibleIpPorts, FlexibleIps } from './flexible-ips.ts'
import { provisionAddresses, survey } from './listing.ts'
import { createLooks } from './looks.ts'
import { createPairPool } from './pair-pool.ts'
import { createRegister } from './register.ts'
import { release } from './release.ts'
import { setReverse } from './reverse.ts'

export const defaultPool = '100.64.0.0/16'

/** The flexible IPs of all provisions of one controller. Throws TypeError for a malformed pool. */
export function createFlexibleIps(ports: FlexibleIpPorts): FlexibleIps {
  const pool = createPairPool(ports.pool ?? defaultPool, () => ports.clock.now())
  const tools = { queue: createAttachQueue(ports.clock), look: createLooks() }
  const custody = createCustody(ports.clock)
  return {
    register: createRegister(ports, pool, custody),
    release: (request) => release(ports, request),
    attach: (request, watch) => attach(ports, tools, request, watch),
    detach: (request) => detach(ports, tools, request),
    async list(provisionId) {
      const addresses = await provisionAddresses(await ports.provision(provisionId))
      return addresses.flatMap((fip) => addressFrom(fip) ?? [])
    },
    survey: () => survey(ports),
    withhold: custody.withhold,
    setReverse: (request) => setReverse(ports, request),
  }
}
