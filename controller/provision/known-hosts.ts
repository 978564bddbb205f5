import { fault } from './faults.ts'
import type { HostFacts } from './host-facts.ts'
import type { Work } from './work.ts'

/**
 * Servers of these keys with their place on the private network, looked up at Scaleway: what later
 * states need of APPLYING. Throws EDGE_SERVER_MISSING.
 */
export async function knownHosts(
  { hardware }: Pick<Work, 'hardware'>,
  keys: readonly string[],
): Promise<HostFacts[]> {
  const [servers, [network]] = await Promise.all([
    hardware.findServers(),
    hardware.findPrivateNetworks(),
  ])
  if (network === undefined) throw missing('The private network')
  const gateway = await hardware.findGatewayAddress(network.id)
  if (gateway === undefined) throw missing('The public gateway on the private network')
  return await Promise.all(
    keys.map(async (key): Promise<HostFacts> => {
      const server = servers.find((one) => one.key === key)
      if (server?.address === undefined) throw missing(`Server ${key}`)
      const nic = await hardware.findPrivateNic(server.id, network.id)
      if (nic === undefined) throw missing(`The private address of ${key}`)
      const { id, address } = server
      return { server: id, key, address, vlan: nic.vlan, underlay: nic.address, gateway }
    }),
  )
}

function missing(what: string) {
  return fault('EDGE_SERVER_MISSING', `${what} is not at Scaleway any more`)
}
