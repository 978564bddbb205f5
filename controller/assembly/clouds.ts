import type { ProvisionCloud, ProvisionClouds } from '../../ipam/flexible-ip/index.ts'
import type { Clock } from '../../lib/clock/index.ts'
import { Fault, sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import { createScaleway, type Identity, type Scaleway } from '../../lib/scaleway/index.ts'
import {
  type Documents,
  type ProviderConnection,
  type ProvisionBody,
  stateName,
  states,
} from '../documents/index.ts'
import type { Ports } from '../provision/index.ts'
import { createHardware, createTurns, type Turns } from '../scaleway/index.ts'

export interface CloudsParts {
  /** Scaleway's API. */
  readonly apiUrl: string
  /** This OpenNebula cloud's id, in every tag. */
  readonly cloud: string
  readonly documents: Documents
  readonly clock: Clock
  readonly logger: Logger
}

/** Clients of Scaleway, one per connection, so that its limits on rate and parallel calls are shared. */
export interface Clouds {
  client(connection: ProviderConnection): Scaleway
  /** For one question about a connection that may never become a provider: nothing of it is kept. */
  probe(connection: ProviderConnection): Scaleway
  readonly hardware: Ports['hardware']
  /** Where a provision's addresses live. Throws a Fault of kind `missing`. */
  ofProvision(id: number): Promise<ProvisionCloud>
  /** Of all that may still have something; those whose provider cannot be read are named instead. */
  ofAllProvisions(): Promise<ProvisionClouds>
}

/** Somebody waits for the answer. */
const probeMs = 15_000

export function createClouds({ apiUrl, cloud, documents, clock, logger }: CloudsParts): Clouds {
  const clients = new Map<string, { readonly scaleway: Scaleway; readonly turns: Turns }>()

  function shared(connection: ProviderConnection) {
    const key = JSON.stringify(Object.entries(connection).toSorted())
    const known = clients.get(key)
    if (known) return known
    const made = { scaleway: open(connection), turns: createTurns() }
    clients.set(key, made)
    return made
  }

  function open(connection: ProviderConnection): Scaleway {
    return createScaleway(
      {
        accessKey: connection.access_key,
        secretKey: connection.secret_key,
        projectId: connection.project_id,
        region: connection.region,
        zone: connection.zone,
        apiUrl,
      },
      { clock, logger },
    )
  }

  function identityOf(provisionId: number, body: ProvisionBody): Identity {
    return { cloud, provision: body.uuid, provisionId, userTags: body.tags }
  }

  async function cloudOf(id: number, body: ProvisionBody): Promise<ProvisionCloud> {
    const provider = await documents.providers.get(body.provider_id)
    return {
      identity: identityOf(id, body),
      scaleway: shared(provider.body.connection).scaleway,
      ending: isEnding(body),
    }
  }

  /** Undefined for a provision whose provider is gone or unreadable, which must not stop the others. */
  async function readable(id: number, body: ProvisionBody): Promise<ProvisionCloud | undefined> {
    try {
      return await cloudOf(id, body)
    } catch (error) {
      if (!(error instanceof Fault) || error.kind === 'transient') throw error
      const why = sentenceOf(error)
      logger.warn('the provider of a provision cannot be read', { provision: id, why })
      return undefined
    }
  }

  return {
    client: (connection) => shared(connection).scaleway,
    probe: (connection) => open(connection).within({ patienceMs: probeMs }),
    hardware(connection, identity, signal) {
      const { scaleway, turns } = shared(connection)
      const own = scaleway.within({ stop: signal })
      return createHardware(own, identity, { clock, logger, turns, signal })
    },
    async ofProvision(id) {
      const { body } = await documents.provisions.get(id)
      return await cloudOf(id, body)
    },
    async ofAllProvisions() {
      const all = await documents.provisions.list()
      // What is done has been proved empty, and its provider may be deleted.
      const living = all.filter(({ body }) => body.state !== states.DONE)
      const clouds = await Promise.all(living.map(({ id, body }) => readable(id, body)))
      return {
        clouds: clouds.filter((cloud) => cloud !== undefined),
        unknown: living.filter((_, index) => clouds[index] === undefined).map(({ id }) => id),
      }
    },
  }
}

function isEnding({ state }: ProvisionBody): boolean {
  const name = stateName(state)
  return name.startsWith('DEPROVISIONING') || name.startsWith('DONE')
}
