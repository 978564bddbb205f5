import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import type { Clock } from '../../lib/clock/index.ts'
import { agentVersion, sshClient } from '../bootstrap/index.ts'
import type { Config } from '../config/index.ts'
import {
  type AgentFacts,
  createDoctor,
  type DirectoryFacts,
  type DoctorParts,
  type Examination,
  type ProviderLook,
} from '../doctor/index.ts'
import { type Documents, stateName } from '../documents/index.ts'
import type { Fleet, ServerFacts } from '../fleet/index.ts'
import type { Hub } from '../hub/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'
import { accessOf, listOffers, quotasInUse } from '../scaleway/index.ts'
import type { Clouds } from './clouds.ts'
import { plugInFiles } from './driver-files.ts'
import { publicKeys } from './hypervisor-kit.ts'
import { knock } from './knock.ts'
import { repositoryFacts } from './repository-facts.ts'

export interface SiteParts {
  readonly config: Config
  readonly version: string
  readonly one: OpenNebula
  readonly documents: Documents
  readonly clouds: Pick<Clouds, 'probe'>
  readonly fleet: Pick<Fleet, 'facts'>
  readonly hub: Pick<Hub, 'session'>
  readonly clock: Clock
}

/** Somebody waits, and the doctor waits for nothing longer than ten seconds. */
const patienceMs = 8_000

/** The doctor over the rooms of this controller. */
export function createSiteDoctor(parts: SiteParts): () => Promise<Examination> {
  const { config, version, one, documents, fleet, hub, clock } = parts
  return createDoctor({
    ...{ version, clock },
    oned: {
      endpoint: config.oned,
      auth: config.oneAuth,
      async facts() {
        const [told, leads, user] = await Promise.all([one.version(), one.isLeader(), one.user()])
        return { version: told, leads, user }
      },
    },
    stateDirectory: () => directoryFacts(config.stateDir),
    sshClient: () => sshClient(),
    sshKeys: async () => ({
      file: config.oneKey,
      count: (await publicKeys(config.oneKey)).length,
    }),
    agentArchive: async () => ({
      file: config.agentPackage,
      version: await agentVersion(config.agentPackage),
    }),
    plugIn: () => plugInFiles(config.driverPath),
    stock: stockLook(config.oneform.stock),
    packages: () => repositoryFacts(config, one, patienceMs),
    scaleway: async () => ({
      url: config.scalewayUrl,
      nowMs: await knock(config.scalewayUrl, patienceMs),
    }),
    providers: async () => {
      const { ours } = await documents.providers.census()
      return ours.map(({ id, open }): ProviderLook => ({ id, open: () => opened(open(), parts) }))
    },
    provisions: async () =>
      (await documents.provisions.list()).map(({ id, body }) => ({
        ...{ id, state: stateName(body.state) },
      })),
    agents: (provision) => (fleet.facts(provision)?.servers ?? []).map((one) => agentOf(one, hub)),
  })
}

function opened(
  { body }: { readonly body: { readonly connection: Parameters<Clouds['probe']>[0] } },
  { clouds }: Pick<SiteParts, 'clouds'>,
): ReturnType<ProviderLook['open']> {
  const scaleway = clouds.probe(body.connection).within({ patienceMs })
  return {
    connection: body.connection,
    access: () => accessOf(scaleway),
    offers: () => listOffers(scaleway),
    quotas: () => quotasInUse(scaleway),
  }
}

/** Its welcome needs no login. */
function stockLook(url: string | null): DoctorParts['stock'] {
  if (url === null) return null
  return {
    url,
    ask: () =>
      fetch(url, { signal: AbortSignal.timeout(patienceMs) }).then(
        async ({ status, body }) => {
          // a body left unread keeps its connection
          await body?.cancel().catch(() => undefined)
          return status
        },
        (error: Error & { cause?: { code?: string } }) => error.cause?.code ?? error.name,
      ),
  }
}

async function directoryFacts(path: string): Promise<DirectoryFacts> {
  const writable = await access(path, constants.W_OK).then(
    () => true,
    () => false,
  )
  const { bavail, bsize } = await statfs(path)
  return { path, writable, freeBytes: bavail * bsize }
}

function agentOf({ server, hostname, publicAddress }: ServerFacts, hub: Pick<Hub, 'session'>) {
  const session = hub.session(server)
  const report = session?.report
  return {
    ...{ host: hostname, address: publicAddress },
    connected: session?.connected ?? false,
    lastSeenMs: session?.lastSeen ?? null,
    version: session?.agent ?? null,
    report: report ? { atMs: report.at, verdict: report.verdict, reasons: report.reasons } : null,
  } satisfies AgentFacts
}
