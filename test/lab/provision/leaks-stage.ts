import {
  createDocuments,
  type Documents,
  derive,
  states,
} from '../../../controller/documents/index.ts'
import { createNotary } from '../../../controller/documents/proof.ts'
import { createLeaks, type LeakReport, type Leaks } from '../../../controller/leaks/index.ts'
import { createPriceBook } from '../../../controller/scaleway/index.ts'
import { createFlexibleIps, type FlexibleIps } from '../../../ipam/flexible-ip/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { type Logger, silent } from '../../../lib/log/index.ts'
import { createScaleway, type Identity, tagValue } from '../../../lib/scaleway/index.ts'
import { type MemoryOpenNebula, memoryOpenNebula } from '../../unit/documents/memory-opennebula.ts'
import { providerBody, provisionBody } from '../../unit/documents/samples.ts'
import { createMemoryOne, type MemoryOne } from '../../unit/provision/memory-one.ts'
import { simulatedKey, simulatedProject } from '../scaleway/index.ts'
import { type Site, timing } from './site.ts'

export interface LeaksStage {
  readonly leaks: Leaks
  /** Servers whose agents are not listened to any more. */
  readonly letGo: readonly string[]
  readonly documents: Documents
  /** Documents as OpenNebula has them. */
  readonly store: MemoryOpenNebula
  readonly one: MemoryOne
  readonly flexibleIps: FlexibleIps
  readonly identity: Identity
  /** Puts the provision's document into OpenNebula, or changes it. */
  write(change: { readonly hosts?: number; readonly state?: keyof typeof states }): Promise<void>
  /** A provider of the simulated project, by default with the key that works. */
  provider(change?: { readonly zone?: string; readonly secret_key?: string }): Promise<number>
  /** As if a provider's secret had been sealed under another controller document. */
  damageSecret(provider: number): Promise<void>
  /** So many minutes pass, for the leak finder only. */
  later(minutes: number): void
  /** Ids of the leaks. */
  ids(report: LeakReport): string[]
  /** Releases what one look finds, and waits until all of it has ended. */
  releaseAll(): Promise<ReturnType<Leaks['releases']>>
}

/** A leak finder over the simulated cloud, with documents and OpenNebula's objects in memory. */
export async function createLeaksStage(
  t: { teardown(fn: () => unknown): void },
  site: Site,
  { everyMinutes = 0, logger = silent }: { everyMinutes?: number; logger?: Logger } = {},
): Promise<LeaksStage> {
  const store = memoryOpenNebula()
  const master = Buffer.alloc(32, 1)
  const documents = createDocuments(store, { master })
  const one = createMemoryOne({ register: () => ({ external: '', ip: '' }), unregister: () => {} })
  const [key] = await site.scaleway.iam.listSSHKeys({}).then(({ sshKeys }) => sshKeys)
  const [, cloud = '', provision = ''] = key?.name.split(' ') ?? []
  const identity = { cloud, provision, provisionId: 7, userTags: {} }
  let offsetMs = 0
  const real = createClock(timing)
  const clock = {
    ...real,
    now: () => real.now() + offsetMs,
    elapsed: () => real.elapsed() + offsetMs * timing.patience,
  }
  const mine = async () => ({ identity, scaleway: site.scaleway, ending: false })
  const ranges = async () => ({ ranges: [], creating: new Set<number>() })
  const flexibleIps = createFlexibleIps({
    ...{ clock, logger: silent, ranges, provision: mine },
    provisions: async () => ({ clouds: [await mine()], unknown: [] }),
  })
  const letGo: string[] = []
  const leaks = createLeaks({
    ...{
      prices: createPriceBook(clock),
      clock,
      logger,
      cloud,
      one,
      ranges,
      flexibleIps,
      everyMinutes,
    },
    ...{ provisions: documents.provisions, providers: documents.providers },
    client: ({ access_key, secret_key, project_id, region, zone }) =>
      createScaleway(
        {
          ...{ accessKey: access_key, secretKey: secret_key, projectId: project_id, region, zone },
          apiUrl: site.sim.url,
        },
        { clock, logger: silent },
      ),
    holds: async () => true,
    letGo: (server) => void letGo.push(server),
  })
  t.teardown(() => leaks.close())

  const stage: LeaksStage = {
    ...{ leaks, letGo, documents, store, one, flexibleIps, identity },
    async write({ hosts = 1, state = 'RUNNING' }) {
      const [known] = await documents.provisions.list()
      const body = {
        ...provisionBody(1),
        ...{ uuid: provision, state: states[state], user_inputs_values: { oneform_hosts: hosts } },
      }
      if (known) await documents.provisions.update(known.id, () => body)
      else {
        const id = await stage.provider()
        await documents.provisions.create({ ...body, provider_id: id })
      }
    },
    async provider({ zone = 'fr-par-2', secret_key = simulatedKey.secretKey } = {}) {
      const body = providerBody()
      const { id } = await documents.providers.create({
        ...body,
        connection: {
          ...{ access_key: simulatedKey.accessKey, secret_key, zone },
          ...{ project_id: simulatedProject, region: 'fr-par' },
        },
      })
      return id
    },
    async damageSecret(id) {
      const { body } = await documents.providers.get(id)
      const connection = { ...body.connection, secret_key: 'enc:v1:AAAAAAAAAAAAAAAA' }
      const stamped = createNotary(derive(master, 'document-proof')).stamp(id, {
        ...{ ...body, connection },
      })
      await store.documents.update(id, 'PROVIDER_BODY', stamped)
    },
    later(minutes) {
      offsetMs += minutes * 60_000
    },
    ids: ({ leaks: found }) => found.map(({ id }) => id).sort(),
    async releaseAll() {
      leaks.release((await leaks.look()).leaks)
      while (leaks.releases().some(({ outcome }) => outcome === 'under way')) await real.sleep(100)
      return leaks.releases()
    },
  }
  return stage
}

/** Keys of the provision's servers that are at Scaleway now. */
export function serverKeys({ sim }: Site): string[] {
  return [...sim.state.servers.values()]
    .filter(({ status }) => status !== 'deleting')
    .map(({ tags }) => tagValue(tags, 'key') ?? '')
    .sort()
}
