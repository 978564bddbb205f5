import { Attributes } from './attributes.ts'
import type { Cloud, Cluster } from './cloud.ts'
import { type Methods, method } from './method.ts'
import { requireAdmin } from './owned.ts'
import { errno, Refusal } from './refusal.ts'
import { parseTemplate } from './template-text.ts'
import { ids, plain, wrapped } from './xml.ts'

export function clusterMethods(cloud: Cloud): Methods {
  const { clusters } = cloud
  return {
    'one.cluster.allocate': method(['string'], (user, name) => {
      requireAdmin(user, 'ADMIN', 'CLUSTER')
      const taken = clusters.newestFirst().find((one) => one.name === name)
      if (taken) {
        const why = `NAME is already taken by CLUSTER ${taken.id}.`
        throw new Refusal(errno.allocate, `Error allocating a new cluster. ${why}`)
      }
      return clusters.add((id) => newCluster(id, name)).id
    }),
    'one.cluster.info': method(['int', 'bool'], (_user, id) => clusterXml(cloud, clusters.get(id))),
    'one.cluster.update': method(['int', 'string', 'int'], (user, id, text, append) => {
      requireAdmin(user, 'ADMIN', 'CLUSTER')
      const { template } = clusters.get(id)
      if (append !== 1) template.remove(...template.entries.map(([name]) => name))
      template.merge(parseTemplate(text))
      return id
    }),
    'one.cluster.delete': method(['int'], (user, id) => {
      requireAdmin(user, 'ADMIN', 'CLUSTER')
      refuseUnlessEmpty(cloud, clusters.get(id))
      clusters.delete(id)
      return id
    }),
    ...membership(cloud),
    'one.clusterpool.info': method([], () =>
      wrapped(
        'CLUSTER_POOL',
        clusters
          .newestFirst()
          .map((one) => clusterXml(cloud, one))
          .join(''),
      ),
    ),
  }
}

export function newCluster(id: number, name: string): Cluster {
  const template = new Attributes([
    ['RESERVED_CPU', ''],
    ['RESERVED_MEM', ''],
  ])
  return { id, name, template }
}

function membership(cloud: Cloud): Methods {
  const move = (list: number[], id: number, inside: boolean) =>
    inside ? [...list.filter((one) => one !== id), id] : list.filter((one) => one !== id)
  const host = (inside: boolean) =>
    method(['int', 'int'], (user, id, hostId) => {
      requireAdmin(user, 'ADMIN', 'CLUSTER')
      cloud.clusters.get(id)
      cloud.hosts.get(hostId).clusterId = inside ? id : 0
      return id
    })
  const shared = (pool: { get(id: number): { clusterIds: number[] } }, inside: boolean) =>
    method(['int', 'int'], (user, id, memberId) => {
      requireAdmin(user, 'ADMIN', 'CLUSTER')
      cloud.clusters.get(id)
      const member = pool.get(memberId)
      member.clusterIds = move(member.clusterIds, id, inside)
      return id
    })
  return {
    'one.cluster.addhost': host(true),
    'one.cluster.delhost': host(false),
    'one.cluster.addvnet': shared(cloud.networks, true),
    'one.cluster.delvnet': shared(cloud.networks, false),
    'one.cluster.adddatastore': shared(cloud.datastores, true),
    'one.cluster.deldatastore': shared(cloud.datastores, false),
  }
}

interface Members {
  readonly hosts: number[]
  readonly datastores: number[]
  readonly vnets: number[]
}

function membersOf(cloud: Cloud, id: number): Members {
  const of = (all: readonly { id: number; clusterIds: readonly number[] }[]) =>
    all.filter((one) => one.clusterIds.includes(id)).map((one) => one.id)
  const hosts = cloud.hosts.newestFirst().filter((one) => one.clusterId === id)
  return {
    hosts: hosts.map((one) => one.id).reverse(),
    datastores: of(cloud.datastores.newestFirst()).reverse(),
    vnets: of(cloud.networks.newestFirst()).reverse(),
  }
}

function refuseUnlessEmpty(cloud: Cloud, { id }: Cluster): void {
  const cannot = (why: string) => new Refusal(errno.action, `Cannot delete cluster. ${why}`)
  if (id < 100) throw cannot('System Clusters (ID < 100) cannot be deleted.')
  for (const [kind, members] of Object.entries(membersOf(cloud, id))) {
    if (members.length > 0) {
      throw cannot(`Cluster ${id} is not empty, it contains ${members.length} ${kind}.`)
    }
  }
}

function clusterXml(cloud: Cloud, cluster: Cluster): string {
  const { hosts, datastores, vnets } = membersOf(cloud, cluster.id)
  return wrapped(
    'CLUSTER',
    plain('ID', cluster.id) +
      plain('NAME', cluster.name) +
      ids('HOSTS', hosts) +
      ids('DATASTORES', datastores) +
      ids('VNETS', vnets) +
      cluster.template.xml(),
  )
}
