import {
  Baremetal,
  createAdvancedClient,
  Flexibleip,
  Iam,
  Ipam,
  ProductCatalog,
  Vpc,
  Vpcgw,
} from '@scaleway/sdk'
import { withHTTPClient, withProfile, withUserAgentSuffix } from '@scaleway/sdk-client'
import type { Clock } from '../clock/index.ts'
import type { Logger } from '../log/index.ts'
import { checkedConnection, type ScalewayConnection } from './connection.ts'
import { createGate, type Gate } from './gate.ts'
import { createHttpClient, defaultPatienceMs } from './http.ts'

export interface ScalewayTools {
  readonly clock: Clock
  readonly logger: Logger
  /** Shared by all clients of one account, so that together they stay under its rate limit. */
  readonly gate?: Gate
}

export interface CallLimits {
  /** Patience for one call with all its retries, in milliseconds. */
  readonly patienceMs?: number
  readonly signal?: AbortSignal
  /** Ends the repeating of a call, not the attempt under way. */
  readonly stop?: AbortSignal
}

/** The SDK's own API objects; every call throws a Fault, retries what may be retried, and has a deadline. */
export interface Scaleway {
  readonly connection: ScalewayConnection
  readonly baremetal: InstanceType<typeof Baremetal.v1.API>
  readonly baremetalPn: InstanceType<typeof Baremetal.v3.PrivateNetworkAPI>
  readonly flexibleIp: InstanceType<typeof Flexibleip.v1alpha1.API>
  readonly vpc: InstanceType<typeof Vpc.v2.API>
  readonly gateway: InstanceType<typeof Vpcgw.v2.API>
  readonly ipam: InstanceType<typeof Ipam.v1.API>
  readonly iam: InstanceType<typeof Iam.v1alpha1.API>
  /** What everything costs, in free words; it asks nobody who they are. */
  readonly catalogue: InstanceType<typeof ProductCatalog.v2alpha1.PublicCatalogAPI>
  /** The same account with other limits, behind the same gate. */
  within(limits: CallLimits): Scaleway
}

/**
 * A client for one project, region and zone (defaults of every call).
 * Throws EDGE_CLOUD_KEY_MALFORMED, EDGE_CLOUD_ZONE_UNKNOWN.
 */
export function createScaleway(connection: ScalewayConnection, tools: ScalewayTools): Scaleway {
  const checked = checkedConnection(connection)
  const gate = tools.gate ?? createGate(tools.clock)
  return build(checked, { ...tools, gate }, {})
}

function build(
  connection: ScalewayConnection,
  tools: ScalewayTools & { gate: Gate },
  limits: CallLimits,
): Scaleway {
  const http = createHttpClient({ ...tools, patienceMs: defaultPatienceMs, ...limits })
  const client = createAdvancedClient(
    withProfile({
      accessKey: connection.accessKey,
      secretKey: connection.secretKey,
      defaultProjectId: connection.projectId,
      defaultRegion: connection.region,
      defaultZone: connection.zone,
      ...(connection.apiUrl === undefined ? {} : { apiURL: connection.apiUrl }),
    }),
    withHTTPClient(http),
    withUserAgentSuffix('edgectl'),
  )
  return {
    connection,
    baremetal: new Baremetal.v1.API(client),
    baremetalPn: new Baremetal.v3.PrivateNetworkAPI(client),
    flexibleIp: new Flexibleip.v1alpha1.API(client),
    vpc: new Vpc.v2.API(client),
    gateway: new Vpcgw.v2.API(client),
    ipam: new Ipam.v1.API(client),
    iam: new Iam.v1alpha1.API(client),
    catalogue: new ProductCatalog.v2alpha1.PublicCatalogAPI(client),
    within: (other) => build(connection, tools, { ...limits, ...other }),
  }
}
