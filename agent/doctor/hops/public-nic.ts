import type { Facts } from '../facts.ts'
import { broken, type Finding, type Hop, ok } from '../hop.ts'

/** The way from and to the internet; the same for whatever uses it. */
export const publicNicHops: readonly Hop<unknown>[] = [{ name: 'public NIC', check: publicNic }]

function publicNic(_: unknown, facts: Facts): Finding {
  const { publicDevice } = facts.wanted
  const { address } = facts.spec.public
  if (publicDevice === null) {
    return broken(
      'the host has no default route',
      "`ip route`; `netplan apply` or `ifup` brings the distribution's back.",
    )
  }
  const carried = facts.observed.host.addresses.some(({ address: text }) =>
    text.startsWith(`${address}/`),
  )
  if (!carried) {
    return broken(
      `no device has the host's public address ${address}`,
      `\`ip address show ${publicDevice}\` against the server's page in Scaleway's console.`,
    )
  }
  return facts.carriers.has(publicDevice)
    ? ok(`${publicDevice} is up and leads to the world`)
    : broken(`${publicDevice} has no carrier`, `\`ip link show ${publicDevice}\``)
}
