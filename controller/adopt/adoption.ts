import { sentenceOf } from '../../lib/fault/index.ts'
import type { Scaleway } from '../../lib/scaleway/index.ts'
import {
  type Document,
  type ProviderBody,
  providerType,
  type StoredDocument,
} from '../documents/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'
import { findStockObjects } from '../scaleway/index.ts'
import { fault } from './faults.ts'
import type { CloudFound, OneFound } from './found.ts'
import { lookAtOpenNebula, type Pools } from './look-opennebula.ts'
import { type AdoptionPlan, planAdoption } from './plan.ts'
import { hostsOf, readStockProvision, type StockProvision } from './stock-provision.ts'

export interface AdoptionRequest {
  /** The stock provision's document. */
  readonly document: StoredDocument
  /** Providers of ours that the asker may use. */
  readonly providers: readonly Document<ProviderBody>[]
  /** The one that shall pay; else the first of the same project and zone. */
  readonly providerId?: number
}

/** Taking over what the stock OneForm server made. */
export interface Adoption {
  /**
   * Looks at everything and changes nothing. Throws EDGE_ADOPT_OURS, EDGE_ADOPT_OTHER,
   * EDGE_ADOPT_UNREADABLE, EDGE_ADOPT_PROVIDER, and what a look that failed threw.
   */
  plan(request: AdoptionRequest): Promise<AdoptionPlan>
}

export interface AdoptionPorts {
  readonly one: Pick<OpenNebula, 'documents'> & Pools
  readonly client: (connection: ProviderBody['connection']) => Scaleway
  /** Logs in to a host as OpenNebula does, becomes root, and does nothing there. */
  readonly login: (address: string) => Promise<void>
  /** This OpenNebula cloud's id, in every tag. */
  readonly cloud: string
}

/** Somebody waits for the answer. */
const patienceMs = 20_000

export function createAdoption({ one, client, login, cloud }: AdoptionPorts): Adoption {
  return {
    async plan({ document, providers, providerId }) {
      const provision = readStockProvision(document)
      const place = await placeOf(one, provision)
      const provider = payerOf(providers, place, providerId)
      const opennebula = await lookAtOpenNebula(one, provision)
      const [found, logins] = await Promise.all([
        provider && lookAtCloud(client(provider.body.connection), provision, opennebula),
        loginsOf(opennebula, login),
      ])
      const payer = provider && { id: provider.id, name: provider.name }
      return planAdoption({ provision, provider: payer, cloud: found, opennebula, logins }, cloud)
    },
  }
}

interface Place {
  readonly project: unknown
  readonly zone: unknown
}

/** What the stock provider pays for; its key is not looked at. Throws EDGE_ADOPT_OTHER. */
async function placeOf(
  { documents }: Pick<OpenNebula, 'documents'>,
  { id, body }: StockProvision,
): Promise<Place> {
  const { type, body: stored } = await documents.get(body.provider_id)
  const { driver, connection } = (stored ?? {}) as {
    driver?: unknown
    connection?: { project_id?: unknown; zone?: unknown }
  }
  if (type !== providerType || driver !== 'scaleway')
    throw fault('EDGE_ADOPT_OTHER', `Provision ${id} is not of the stock Scaleway driver`)
  return { project: connection?.project_id, zone: connection?.zone }
}

function payerOf(
  providers: AdoptionRequest['providers'],
  { project, zone }: Place,
  wanted: number | undefined,
): Document<ProviderBody> | undefined {
  const fitting = providers.filter(
    ({ body: { connection } }) => connection.project_id === project && connection.zone === zone,
  )
  if (wanted === undefined) return fitting[0]
  const named = fitting.find(({ id }) => id === wanted)
  if (named) return named
  const others = fitting.map(({ id, name }) => `${id} (${name})`).join(', ') || 'none'
  const message = `Provider ${wanted} does not pay for the project and zone of the provision`
  throw fault('EDGE_ADOPT_PROVIDER', message, { hint: `Of those you may use ${others} does.` })
}

function lookAtCloud(
  scaleway: Scaleway,
  provision: StockProvision,
  { ranges }: OneFound,
): Promise<CloudFound> {
  return findStockObjects(scaleway.within({ patienceMs }), {
    provisionId: provision.id,
    servers: new Set(hostsOf(provision).map(({ server }) => server)),
    addresses: new Map(
      ranges.flatMap(({ flexibleIp, external }) =>
        flexibleIp === undefined || external === undefined ? [] : [[flexibleIp, external] as const],
      ),
    ),
  })
}

/** Only to hosts that OpenNebula says are its: a document says what its owner likes. */
async function loginsOf(
  { hosts }: OneFound,
  login: AdoptionPorts['login'],
): Promise<Map<string, string | null>> {
  const tried = hosts.map(async ({ name }) => {
    const why = await login(name).then(() => null, sentenceOf)
    return [name, why] as const
  })
  return new Map(await Promise.all(tried))
}
