import { Fault } from '../../lib/fault/index.ts'
import { cloudFault, isGoneOrDenied, type Scaleway } from '../../lib/scaleway/index.ts'

/** A look that needs one of Scaleway's permission sets. */
interface Probe extends Lack {
  readonly look: () => Promise<unknown>
}

/** A right that a key lacks, and the permission set that has it. */
export interface Lack {
  readonly what: string
  readonly permission: string
}

/** What a key may do, as far as looking tells. */
export interface Access {
  /** When it ends; undefined for never, and where it may not read itself. */
  readonly expiresAt: Date | undefined
  readonly lacking: readonly Lack[]
  /** How many rights were tried. */
  readonly tried: number
}

/**
 * Whether the key works and may read what provisioning needs. What it may write shows only when
 * something is written. Throws EDGE_CLOUD_CREDENTIALS.
 */
export async function accessOf(scaleway: Scaleway): Promise<Access> {
  const { expiresAt, refusals, tried } = await tryAll(scaleway)
  const lacking = refusals.map(({ what, permission }) => ({ what, permission }))
  return { expiresAt, lacking, tried }
}

/**
 * The same as a condition; every right that is lacking is named at once.
 * Throws EDGE_CLOUD_CREDENTIALS, EDGE_CLOUD_DENIED.
 */
export async function checkAccess(scaleway: Scaleway): Promise<void> {
  const { refusals } = await tryAll(scaleway)
  const [first] = refusals
  if (first === undefined) return
  const permissions = [...new Set(refusals.map(({ permission }) => permission))].join(', ')
  const things = refusals.map(({ what }) => what).join(', ')
  throw cloudFault('EDGE_CLOUD_DENIED', `The API key may not read ${things}`, {
    ...(first.requestId === undefined ? {} : { requestId: first.requestId }),
    answer: first.answer ?? '',
    hint: `Give the key ${permissions} on the project.`,
  })
}

async function tryAll(scaleway: Scaleway) {
  const { accessKey } = scaleway.connection
  const all = probes(scaleway)
  const [known, ...looks] = await Promise.allSettled([
    scaleway.iam.getAPIKey({ accessKey }),
    ...all.map(refused),
  ])
  // A key without rights on IAM may not read itself; that it was recognised is enough.
  if (known.status === 'rejected' && !isGoneOrDenied(known.reason)) throw known.reason
  const broken = looks.find((look) => look.status === 'rejected')
  if (broken) throw broken.reason
  return {
    expiresAt: known.status === 'fulfilled' ? known.value.expiresAt : undefined,
    refusals: looks.flatMap((look) => (look.status === 'fulfilled' ? (look.value ?? []) : [])),
    tried: all.length,
  }
}

interface Refusal extends Lack {
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
