import type { CloudObject } from './inventory.ts'
import type { Billing } from './offers.ts'

/** What the hardware of a provision is asked to be. */
export interface PlanRequest {
  /** `em_a116x_ssd`. */
  readonly instanceType: string
  readonly billing: Billing
  /** `ubuntu_2204`. */
  readonly osName: string
  /** Size of the partition for datastores, in GB. */
  readonly diskGb: number
  readonly hosts: number
  /** So many servers on top of those that are there; as many as are lacking unless given. */
  readonly moreHosts?: number
  readonly publicIps: number
  /** `VPC-GW-S`. */
  readonly gatewayType: string
  /** The private network of the servers: `10.180.0.0/22`. */
  readonly cidr: string
  /** What the provision has already. */
  readonly has?: readonly CloudObject[]
}

/** How many more of a kind will be created. */
export function missing(request: PlanRequest, kind: CloudObject['kind']): number {
  if (kind === 'server' && request.moreHosts !== undefined) return request.moreHosts
  const there = (request.has ?? []).filter((object) => object.kind === kind).length
  return Math.max(0, wantedOf(request, kind) - there)
}

function wantedOf({ hosts, publicIps }: PlanRequest, kind: CloudObject['kind']): number {
  if (kind === 'server') return hosts
  return kind === 'flexible-ip' ? publicIps : 1
}
