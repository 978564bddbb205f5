import { createHash } from 'node:crypto'
import { type Price, times } from '../scaleway/index.ts'
import { type Change, changesOf } from './changes.ts'
import type { Found } from './found.ts'
import { obstaclesOf } from './obstacles.ts'

/** What taking a provision over would be. */
export interface AdoptionPlan {
  readonly id: number
  readonly name: string
  readonly provider: Found['provider']
  /** What is there, a line each. */
  readonly found: readonly { readonly where: 'Scaleway' | 'OpenNebula'; readonly what: string }[]
  readonly changes: readonly Change[]
  /** What must be put right first; with none it could be taken over. */
  readonly inTheWay: readonly string[]
  /** What cannot be taken over, and why. */
  readonly staysBehind: readonly string[]
  /** What it would cost more than now; undefined when it is not known of all servers. */
  readonly more: Price | undefined
  /** Of what would change and stay behind, and what it costs: who says yes says it to this. */
  readonly digest: string
}

/** Pure: the same look gives the same plan, and a run that carries it out begins with the same look. */
export function planAdoption(found: Found, cloudId: string): AdoptionPlan {
  const { provision, provider } = found
  const meant = {
    ...{ id: provision.id, name: provision.name, provider },
    changes: changesOf(found, cloudId),
    staysBehind: leftBehind(found),
    more: priceOf(found),
  }
  return {
    ...meant,
    found: [...cloudLines(found), ...openNebulaLines(found)],
    inTheWay: obstaclesOf(found),
    digest: createHash('sha256').update(JSON.stringify(meant)).digest('hex').slice(0, 32),
  }
}

function cloudLines({ cloud }: Found): AdoptionPlan['found'] {
  if (cloud === undefined) return []
  const at = (what: string) => ({ where: 'Scaleway', what }) as const
  return [
    ...cloud.servers.map(({ name, offer, address, status }) =>
      at(`server ${name}, ${offer}, ${address ?? 'no address'}, ${status}`),
    ),
    ...cloud.vpcs.map(({ name }) => at(`VPC ${name}`)),
    ...cloud.networks.map(({ name, cidr }) => at(`private network ${name}, ${cidr}`)),
    ...cloud.gateways.map(({ name, type, address, status }) =>
      at(`public gateway ${name}, ${type}, ${address?.address ?? 'no address'}, ${status}`),
    ),
    ...cloud.addresses.map(({ external, status }) => at(`flexible IP ${external}, ${status}`)),
  ]
}

function openNebulaLines({ opennebula: one }: Found): AdoptionPlan['found'] {
  const at = (what: string) => ({ where: 'OpenNebula', what }) as const
  return [
    ...(one.cluster ? [at(`cluster ${one.cluster.id} (${one.cluster.name})`)] : []),
    ...one.hosts.map(({ id, name, state }) => at(`host ${id} (${name}), ${state}`)),
    ...one.datastores.map(({ id, name }) => at(`datastore ${id} (${name})`)),
    ...one.networks.map(({ id, name, vnMad }) => at(`network ${id} (${name}), ${vnMad}`)),
    ...one.ranges.map(({ id, network, external }) =>
      at(`address range ${id} of network ${network}, ${external ?? 'no public address'}`),
    ),
  ]
}

function leftBehind({ opennebula, cloud, provision }: Found): string[] {
  return [
    ...(cloud?.keys ?? []).map(
      ({ name }) =>
        `SSH key ${name}, which cannot be tagged, stays in the project until the provision is undeployed`,
    ),
    ...(cloud?.strays ?? []).map(
      ({ id, name }) =>
        `Server ${name} (${id}), which the stock driver installed for it and its document does not name: it costs on until somebody deletes it at Scaleway`,
    ),
    `Stock provider ${provision.body.provider_id} lists the provision for ever; the stock server refuses to delete that provider, and onedocument does it`,
    'The stock server’s Terraform state of it: nobody may change the cluster through it afterwards',
    'Rules that the stock playbook wrote with iptables, which let BGP and VXLAN in from everywhere, stay on the hosts',
    ...opennebula.ranges.map(
      ({ id, ip, external }) =>
        `The inner address ${ip ?? '?'} of range ${id}, which is a hash of ${external ?? 'its address'} and may collide`,
    ),
  ]
}

function priceOf({ cloud }: Found): Price | undefined {
  const without = cloud?.servers.filter(({ optioned }) => !optioned) ?? []
  const [first] = without
  if (first?.optionPrice === undefined) return undefined
  if (without.some(({ optionPrice }) => optionPrice?.perMonth !== first.optionPrice?.perMonth))
    return undefined
  return times(first.optionPrice, without.length)
}
