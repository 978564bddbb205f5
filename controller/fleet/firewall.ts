import type { Firewall } from '../../lib/contract/index.ts'
import { addressOf } from '../../lib/net/index.ts'
import type { ProvisionFacts, ServerFacts } from './facts.ts'

/** Who may knock at a host: the configured prefixes and ports, and the other hosts of its provision. */
export function firewallOf(self: ServerFacts, { servers, firewall }: ProvisionFacts): Firewall {
  const siblings = servers
    .filter(({ server }) => server !== self.server)
    .map(({ publicAddress, underlay }) => ({
      public: publicAddress,
      underlay: addressOf(underlay.address),
    }))
    .toSorted((a, b) => a.public.localeCompare(b.public))
  return {
    management: [...(firewall?.management ?? [])],
    siblings,
    open: [...(firewall?.open ?? [])],
  }
}
