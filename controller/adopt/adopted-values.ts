import type { Found } from './found.ts'
import { hostsOf } from './stock-provision.ts'

/**
 * The inputs that would have made what is there: as the stock document has them, counts and kinds as they
 * are by now. Pure.
 */
export function adoptedValues({ provision, cloud, opennebula }: Found): Record<string, unknown> {
  const { oneform_public_ips, ...values } = provision.body.user_inputs_values
  const [host] = opennebula.hosts
  const [gateway] = cloud?.gateways ?? []
  const [network] = cloud?.networks ?? []
  return {
    ...(network === undefined ? {} : { cidr_block: network.cidr }),
    ...values,
    oneform_hosts: Math.max(1, hostsOf(provision).length),
    instance_public_ips: opennebula.ranges.length,
    ...(host === undefined ? {} : { hypervisor: host.vmMad }),
    ...(gateway === undefined ? {} : { gateway_type: gateway.type }),
  }
}
