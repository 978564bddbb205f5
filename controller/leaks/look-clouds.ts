import { sentenceOf } from '../../lib/fault/index.ts'
import type { Scaleway } from '../../lib/scaleway/index.ts'
import type { Collection, Document, ProviderBody, ProviderConnection } from '../documents/index.ts'
import { type CloudSurvey, surveyCloud, whyUnread } from '../scaleway/index.ts'
import type { CloudItem, CloudView, Unlooked } from './view.ts'

export interface CloudParts {
  /** This cloud's id, in every tag. */
  readonly cloud: string
  readonly providers: Pick<Collection<ProviderBody>, 'census'>
  /** Throws for a connection that cannot be one. */
  readonly client: (connection: ProviderConnection) => Scaleway
}

export interface CloudLook {
  readonly view: CloudView
  /** A client for each place, by its name; none for those that no key opens. */
  readonly clients: ReadonlyMap<string, Scaleway>
}

/** Somebody may be waiting for the answer. */
const patienceMs = 20_000

/** Every project and zone of every provider, whether or not a provision of it lives. */
export async function lookAtClouds(parts: CloudParts): Promise<CloudLook> {
  const { ours, others } = await parts.providers.census()
  const read = ours.map(readProvider)
  const payersOf = read.flatMap((one) => ('body' in one ? one : []))
  const places = Map.groupBy(payersOf, ({ body: { connection } }) => placeName(connection))
  const looks = await Promise.all(
    [...places].map(async ([name, payers]) => ({ name, payers, ...(await survey(payers, parts)) })),
  )
  const objects = new Map<string, CloudItem>()
  for (const { name, objects: seen } of looks) {
    // What is regional or global shows in every zone of its project.
    for (const object of seen) {
      const id = `${object.kind}/${object.id}`
      if (!objects.has(id)) objects.set(id, { ...object, place: name })
    }
  }
  return {
    clients: new Map(looks.flatMap(({ name, client }) => (client ? [[name, client]] : []))),
    view: {
      objects: [...objects.values()],
      places: looks.map(({ name, payers }) => ({
        ...{ name, project: payers[0]?.body.connection.project_id ?? '' },
        providers: payers.map(({ id }) => id),
      })),
      unlooked: [
        ...looks.flatMap(unlookedOf),
        ...read.flatMap((one) => ('why' in one ? one : [])),
        ...others.flatMap(unclear),
      ],
    },
  }
}

export function placeName({ project_id, zone }: ProviderConnection): string {
  return `project ${project_id} in ${zone}`
}

/** So many lists are asked for in a place; when none can be had, the place stands for all. */
const kindsOfObjects = 7

type Payer = Document<ProviderBody>
/** One whose secrets cannot be opened must not keep all others from being looked at. */
function readProvider({ id, open }: { readonly id: number; open(): Payer }): Payer | Unlooked {
  try {
    return open()
  } catch (error) {
    const why = sentenceOf(error)
    return { place: '', what: `what provider ${id} pays for`, why, providers: [id] }
  }
}

type Look = CloudSurvey & { readonly client?: Scaleway }

/** With the key that sees most: several providers may share a project. */
async function survey(payers: readonly Payer[], { client, cloud }: CloudParts): Promise<Look> {
  let best: Look | undefined
  for (const { body } of payers) {
    const look = await surveyWith(() => client(body.connection), cloud)
    if (best === undefined || look.unread.length < best.unread.length) best = look
    if (best.unread.length === 0) break
  }
  return best ?? { objects: [], unread: [] }
}

async function surveyWith(open: () => Scaleway, cloud: string): Promise<Look> {
  try {
    const client = open()
    return { client, ...(await surveyCloud(client.within({ patienceMs }), cloud)) }
  } catch (error) {
    return { objects: [], unread: [whyUnread(error)] }
  }
}

function unlookedOf({
  name,
  payers,
  unread,
}: Look & { readonly name: string; readonly payers: readonly Payer[] }): Unlooked[] {
  const providers = payers.map(({ id }) => id)
  return [...Map.groupBy(unread, ({ code }) => code).values()].map((alike) => {
    const kinds = alike.length === kindsOfObjects ? [] : alike.flatMap(({ kind }) => kind ?? [])
    const what = kinds.length === 0 ? name : `${kinds.join(', ')} of ${name}`
    return { place: name, what, why: alike[0]?.why ?? '', providers }
  })
}

function unclear({ id, engine }: { readonly id: number; readonly engine: string }): Unlooked[] {
  if (engine !== 'unclear') return []
  const why = `Document ${id} was written by somebody else than this controller`
  return [{ place: '', what: `what provider ${id} pays for`, why, providers: [] }]
}
