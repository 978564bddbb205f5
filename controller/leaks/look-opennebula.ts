import { scalarOf, type Template, vectorOf } from '../../lib/opennebula/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'
import { hostFacts } from '../provision/index.ts'
import type { OneKind, OneObject, OneView, RangeView } from './view.ts'

export type Pools = Pick<
  OpenNebula,
  'clusters' | 'datastores' | 'hosts' | 'networks' | 'networkTemplates'
>

export interface KnownRanges {
  readonly ranges: readonly RangeView[]
  readonly creating: ReadonlySet<number>
}

interface Found {
  readonly id: number
  readonly name: string
  readonly template: Template
}

const form = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/([a-z0-9-]+)$/

/** What a provision makes of each kind: copies that users made carry another's key, and are theirs. */
const keys: Readonly<Record<OneKind, RegExp>> = {
  'one-cluster': /^cluster$/,
  'one-datastore': /^(system|image)-datastore$/,
  'one-host': /^host-\d+$/,
  'one-network': /^(private|public)-network$/,
  'one-template': /^network-template$/,
}

/** Everything in OpenNebula that a provision made. `ranges` reads its address ranges. */
export async function lookAtOpenNebula(
  one: Pools,
  ranges: () => Promise<KnownRanges>,
): Promise<OneView> {
  const [known, clusters, datastores, hosts, networks, templates] = await Promise.all([
    ranges(),
    one.clusters.list(),
    one.datastores.list(),
    one.hosts.list(),
    one.networks.list(),
    one.networkTemplates.list(),
  ])
  const made = networks.filter(({ parentNetworkId }) => parentNetworkId === undefined)
  const pools: Readonly<Record<OneKind, readonly Found[]>> = {
    'one-cluster': clusters,
    'one-datastore': datastores,
    'one-host': hosts,
    'one-network': made,
    'one-template': templates,
  }
  const guests = new Map<string, number[]>()
  for (const { template, vmIds } of hosts) {
    for (const whose of [uuidOf(template), serverOf(template)])
      if (whose !== undefined && vmIds.length > 0)
        guests.set(whose, [...(guests.get(whose) ?? []), ...vmIds])
  }
  return {
    ...known,
    servers: new Map(
      hosts.flatMap(({ id, template }) => {
        const server = serverOf(template)
        return server === undefined ? [] : [[server, id] as const]
      }),
    ),
    guests,
    objects: Object.entries(pools).flatMap(([kind, found]) =>
      found.flatMap((object) => ownedBy(kind as OneKind, object) ?? []),
    ),
  }
}

function uuidOf(template: Template): string | undefined {
  return form.exec(scalarOf(template, 'EDGE_KEY') ?? '')?.[1]
}

function serverOf(template: Template): string | undefined {
  return hostFacts(template)?.server ?? resourceOf(template)
}

/** `<zone>/<server id>`, as OneForm writes it: enough where somebody has spoilt the other facts. */
function resourceOf(template: Template): string | undefined {
  return vectorOf(template, 'ONEFORM')?.['RESOURCE_ID']?.split('/').at(-1)
}

function ownedBy(kind: OneKind, { id, name, template }: Found): OneObject | undefined {
  const [, provision, key] = form.exec(scalarOf(template, 'EDGE_KEY') ?? '') ?? []
  const oneform = vectorOf(template, 'ONEFORM')
  if (provision === undefined || key === undefined || !keys[kind].test(key)) return undefined
  if (oneform?.['DRIVER'] !== 'scaleway') return undefined
  const provisionId = numberOf(oneform['PROVISION_ID'])
  return {
    kind,
    id,
    name,
    provision,
    key,
    provisionId,
    providerId: numberOf(oneform['PROVIDER_ID']),
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
