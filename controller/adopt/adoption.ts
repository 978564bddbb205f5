import { type Clock, isTransient } from '../../lib/clock/index.ts'
import { type Fault, sentenceOf } from '../../lib/fault/index.ts'
import type { Scaleway } from '../../lib/scaleway/index.ts'
import {
  type Collection,
  type Document,
  type ProviderBody,
  type ProvisionBody,
  providerType,
  type StoredDocument,
} from '../documents/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'
import { findStockObjects } from '../scaleway/index.ts'
import { adoptedBody, type Described } from './adopted-body.ts'
import { adoptedValues } from './adopted-values.ts'
import { fault } from './faults.ts'
import type { CloudFound, Found, OneFound } from './found.ts'
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
  /**
   * Looks once more, makes the document ours and has the work begin, which a provision of ours goes on
   * with whatever happens. Throws, and has changed nothing then, EDGE_ADOPT_IN_THE_WAY, EDGE_ADOPT_CHANGED
   * when the plan is not the one of that digest any more, and what `plan` throws.
   */
  begin(request: AdoptionRequest & { readonly digest?: string }): Promise<AdoptionPlan>
}

export interface AdoptionPorts {
  readonly one: Pick<OpenNebula, 'documents'> & Pools
  readonly client: (connection: ProviderBody['connection']) => Scaleway
  /** Logs in to a host as OpenNebula does, becomes root, and does nothing there. */
  readonly login: (address: string) => Promise<void>
  /** This OpenNebula cloud's id, in every tag. */
  readonly cloud: string
  /** The uuid that a provision has which was that stock document; always the same. */
  readonly uuidOf: (document: number) => string
  readonly provisions: Pick<Collection<ProvisionBody>, 'adopt'>
  /** The inputs of these values, and how clients are told of them. */
  readonly describe: (values: Readonly<Record<string, unknown>>) => Promise<Described>
  /** Whether the controller has what hosts with that hypervisor take; throws otherwise. */
  readonly ready: (hypervisor: string) => Promise<void>
  /** Has the work on a provision begin that is in our hands. */
  readonly start: (id: number) => Promise<void>
  readonly clock: Pick<Clock, 'now'>
}

/** Somebody waits for the answer. */
const patienceMs = 20_000

export function createAdoption(ports: AdoptionPorts): Adoption {
  const planOf = (found: Found) => planAdoption(found, ports.cloud)
  return {
    plan: async (request) => planOf(await look(ports, request)),
    async begin(request) {
      const { document, digest } = request
      const found = await look(ports, request)
      const plan = planOf(found)
      const { provider, cloud } = found
      if (plan.inTheWay.length > 0 || !provider || !cloud) throw inTheWay(plan)
      if (digest !== undefined && digest !== plan.digest) {
        const message = `What taking provision ${plan.id} over would be has changed since it was shown`
        throw fault('EDGE_ADOPT_CHANGED', message)
      }
      const described = await ports.describe(adoptedValues(found))
      await ports.ready(String(described.user_inputs_values['hypervisor']))
      const body = adoptedBody({ ...found, provider, cloud }, described, ports.clock.now())
      await ports.provisions.adopt(document.id, document.body, body).catch((error: unknown) => {
        // Where only the answer was lost the document says what to do, and nobody else would do it.
        if (isTransient(error)) void ports.start(document.id)
        throw error
      })
      await ports.start(document.id)
      return plan
    },
  }
}

async function look(
  { one, client, login, uuidOf }: AdoptionPorts,
  { document, providers, providerId }: AdoptionRequest,
): Promise<Found> {
  const provision = readStockProvision(document)
  const place = await placeOf(one, provision)
  const provider = payerOf(providers, place, providerId)
  const opennebula = await lookAtOpenNebula(one, provision)
  const [cloud, logins] = await Promise.all([
    provider && lookAtCloud(client(provider.body.connection), provision, opennebula),
    loginsOf(opennebula, login),
  ])
  const payer = provider && { id: provider.id, name: provider.name }
  return { provision, uuid: uuidOf(document.id), provider: payer, cloud, opennebula, logins }
}

function inTheWay({ id, inTheWay: sentences }: AdoptionPlan): Fault {
  const message = `Provision ${id} cannot be taken over yet: ${sentences.join('; ')}`
  return fault('EDGE_ADOPT_IN_THE_WAY', message, { context: { in_the_way: sentences } })
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
