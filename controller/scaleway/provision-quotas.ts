import type { Scaleway } from '../../lib/scaleway/index.ts'
import type { Offer } from './offers.ts'
import { missing, type PlanRequest } from './plan-request.ts'
import type { Problems } from './problems.ts'
import { checkQuota, countFlexibleIps, countListed, countServers, readQuotas } from './quotas.ts'

/** Whether the organization may have what is still to be created; each look under its input. */
export async function checkQuotas(
  scaleway: Scaleway,
  offer: Promise<Offer | undefined>,
  request: PlanRequest,
  problems: Problems,
): Promise<void> {
  const { gateway, vpc, iam } = scaleway
  const quotas = await readQuotas(scaleway)
  if (quotas === undefined) return
  const check = (
    input: string,
    quota: string,
    kind: Parameters<typeof missing>[1],
    count: () => Promise<number | undefined>,
  ) =>
    problems.look(input, () => checkQuota(quotas, { quota, more: missing(request, kind), count }))
  await Promise.all([
    problems.look('oneform_hosts', async () => {
      const chosen = await offer
      if (chosen === undefined) return
      const more = missing(request, 'server')
      const count = () => countServers(scaleway, chosen, quotas)
      await checkQuota(quotas, { quota: chosen.quotaName, more, count })
    }),
    check('instance_public_ips', 'flexible_ips', 'flexible-ip', () =>
      countFlexibleIps(scaleway, quotas),
    ),
    check('gateway_type', 'vpc_gateways', 'gateway', () =>
      countListed(gateway.listGateways, quotas),
    ),
    check('gateway_type', 'vpc_gateway_ips', 'gateway-ip', () =>
      countListed(gateway.listIPs, quotas),
    ),
    check('cidr_block', 'vpc_private_networks', 'private-network', () =>
      countListed(vpc.listPrivateNetworks, quotas),
    ),
    check('provider_id', 'ssh_keys', 'ssh-key', () => countListed(iam.listSSHKeys, quotas)),
  ])
}
