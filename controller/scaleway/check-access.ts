import { Fault } from '../../lib/fault/index.ts'
import { cloudFault, isGoneOrDenied, type Scaleway } from '../../lib/scaleway/index.ts'

/** A look that needs one of Scaleway's permission sets. */
interface Probe {
  readonly what: string
  readonly permission: string
  readonly look: () => Promise<unknown>
}

/**
 * Whether the key works and may read what provisioning needs; every right it lacks is named at once.
 * What it may write shows only when something is written.
 * Throws EDGE_CLOUD_CREDENTIALS, EDGE_CLOUD_DENIED.
 */
export async function checkAccess(scaleway: Scaleway): Promise<void> {
  const { accessKey } = scaleway.connection
  const [known, ...looks] = await Promise.allSettled([
    scaleway.iam.getAPIKey({ accessKey }),
    ...probes(scaleway).map(refused),
  ])
  // A key without rights on IAM may not read itself; that it was recognised is enough.
  if (known.status === 'rejected' && !isGoneOrDenied(known.reason)) throw known.reason
  const broken = looks.find((look) => look.status === 'rejected')
  if (broken) throw broken.reason
  const lacking = looks.flatMap((look) => (look.status === 'fulfilled' ? (look.value ?? []) : []))
  const [first] = lacking
  if (first === undefined) return
  const permissions = [...new Set(lacking.map(({ permission }) => permission))].join(', ')
  const things = lacking.map(({ what }) => what).join(', ')
  throw cloudFault('EDGE_CLOUD_DENIED', `The API key may not read ${things}`, {
    ...(first.requestId === undefined ? {} : { requestId: first.requestId }),
    answer: first.answer ?? '',
    hint: `Give the key ${permissions} on the project.`,
  })
}

interface Refusal extends Pick<Probe, 'what' | 'permission'> {
  readonly answer: string | undefined
  readonly requestId: string | undefined
}

/** The refusal of a look; undefined when it was allowed. */
async function refused({ what, permission, look }: Probe): Promise<Refusal | undefined> {
  try {
    await look()
    return undefined
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'EDGE_CLOUD_DENIED') throw error
    const { answer, requestId } = error.details
    return { what, permission, answer, requestId }
  }
}

function probes({ connection, ...cloud }: Scaleway): Probe[] {
  const page = { projectId: connection.projectId, page: 1, pageSize: 1 }
  const probe = (what: string, permission: string, look: () => Promise<unknown>): Probe => ({
    what,
    permission,
    look,
  })
  return [
    probe('servers', 'ElasticMetalFullAccess', () => cloud.baremetal.listServers(page)),
    probe('flexible IPs', 'ElasticMetalFullAccess', () => cloud.flexibleIp.listFlexibleIPs(page)),
    probe('VPCs', 'VPCFullAccess', () => cloud.vpc.listVPCs(page)),
    probe('private networks', 'PrivateNetworksFullAccess', () =>
      cloud.vpc.listPrivateNetworks(page),
    ),
    probe('public gateways', 'VPCGatewayFullAccess', () => cloud.gateway.listGateways(page)),
    probe('private addresses', 'IPAMFullAccess', () => cloud.ipam.listIPs(page)),
    probe('SSH keys', 'SSHKeysFullAccess', () => cloud.iam.listSSHKeys(page)),
  ]
}
