import { overlaps, parseCidr } from '../../lib/net/index.ts'
import { allPages, type Scaleway } from '../../lib/scaleway/index.ts'
import type { PlanRequest } from './plan-request.ts'

/**
 * The project's private networks that share addresses with the new one. They are in other VPCs, so
 * nothing breaks, but they can never be joined.
 */
export async function overlapWarnings(
  { vpc, connection }: Scaleway,
  { cidr, has = [] }: PlanRequest,
): Promise<string[]> {
  const wanted = parseCidr(cidr)
  const own = new Set(has.map(({ id }) => id))
  const { projectId } = connection
  const networks = await allPages(vpc.listPrivateNetworks, { projectId })
  return networks
    .filter(({ id }) => !own.has(id))
    .flatMap(({ name, subnets }) =>
      subnets
        .map(({ subnet }) => subnet)
        .filter((subnet) => !subnet.includes(':') && overlaps(parseCidr(subnet), wanted))
        .map(
          (subnet) =>
            `cidr_block ${cidr} overlaps ${subnet} of Scaleway’s private network ${name}; the two can never be joined`,
        ),
    )
}
