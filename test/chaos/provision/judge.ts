import { hostFacts } from '../../../controller/provision/index.ts'
import type { Template } from '../../../lib/opennebula/index.ts'
import { carries, tagValue } from '../../../lib/scaleway/index.ts'
import { simulatedProject } from '../../lab/scaleway/index.ts'
import { complaints } from '../world/judge.ts'
import type { World } from '../world/world.ts'
import { onlyProvision, type Provision } from './documents.ts'

/** How many of each a provision shall have. */
export interface Expected {
  readonly hosts: number
  readonly publicIps: number
  /** Keys in the project; ours alone unless given. */
  readonly sshKeys?: number
}

/** What is not as it must be with a provision that runs, one sentence each. */
export function wrongWhileRunning(world: World, expected: Expected): string[] {
  const provision = onlyProvision(world)
  if (provision?.state !== 'RUNNING') return [`the provision is ${provision?.state}`]
  return [
    ...(provision.body.scaling === undefined ? [] : ['something is still to come or go']),
    ...wrongCounts(world, provision, expected),
    ...wrongServers(world, provision),
    ...wrongHosts(world),
    ...wrongAgents(world),
    ...complaints(world),
  ]
}

function wrongCounts(world: World, provision: Provision, expected: Expected): string[] {
  const { hosts, publicIps, sshKeys = 1 } = expected
  const { cloud, one } = world
  const ours = <T extends { readonly tags: readonly string[] }>(all: Iterable<T>) =>
    [...all].filter(({ tags }) =>
      carries(tags, ['managed-by=edgectl', `provision=${provision.body.uuid}`]),
    )
  const keyed = (
    all: readonly { readonly template: { text(name: string): string | undefined } }[],
  ) =>
    all.filter(({ template }) => template.text('EDGE_KEY')?.startsWith(`${provision.body.uuid}/`))
  const counts: readonly (readonly [what: string, is: number, shall: number])[] = [
    ['SSH keys', cloud.state.sshKeys.size, sshKeys],
    ['VPCs', ours(cloud.state.vpcs.values()).length, 1],
    ['private networks', ours(cloud.state.privateNetworks.values()).length, 1],
    ['gateways', ours(cloud.state.gateways.values()).length, 1],
    ['gateway addresses', ours(cloud.state.gatewayIps.values()).length, 1],
    ['gateway networks', cloud.state.gatewayNetworks.size, 1],
    ['servers', ours(cloud.state.servers.values()).length, hosts],
    ['attachments', cloud.state.attachments.size, hosts],
    ['flexible IPs', ours(cloud.state.flexibleIps.values()).length, publicIps],
    // An IPv4 and an IPv6 address for each server, and the gateway's.
    ['IPAM addresses', cloud.state.ipamIps.size, 2 * hosts + 1],
    ['clusters', keyed(one.state.clusters.newestFirst()).length, 1],
    ['datastores', keyed(one.state.datastores.newestFirst()).length, 2],
    ['networks', keyed(one.state.networks.newestFirst()).length, 2],
    ['network templates', keyed(one.state.networkTemplates.newestFirst()).length, 1],
    ['OpenNebula hosts', keyed(one.state.hosts.newestFirst()).length, hosts],
    ['all OpenNebula hosts', one.state.hosts.newestFirst().length, hosts],
    ['light hosts', world.hosts.all().length, hosts],
  ]
  return counts
    .filter(([, is, shall]) => is !== shall)
    .map(([what, is, shall]) => `${is} ${what}, not ${shall}`)
}

function wrongServers({ cloud }: World, provision: Provision): string[] {
  const servers = [...cloud.state.servers.values()]
  const keys = servers.map(({ tags }) => tagValue(tags, 'key') ?? 'no key')
  const all = [...cloud.state.attachments.values()]
  return [
    ...keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `two servers ${key}`),
    ...servers.flatMap(({ id, status, install, user_data, tags }) => {
      const who = `server ${tagValue(tags, 'key')}`
      const nics = all.filter(({ server_id }) => server_id === id)
      return [
        ...(status === 'ready' ? [] : [`${who} is ${status}`]),
        ...(install?.status === 'completed' ? [] : [`${who} has its system ${install?.status}`]),
        ...(user_data === null ? [] : [`${who} still has its user data`]),
        ...(nics.length === 1 && nics[0]?.status === 'attached'
          ? []
          : [`${who} is ${nics.map((nic) => nic.status).join(' and ') || 'not attached'}`]),
        ...(tagValue(tags, 'provision_id') === String(provision.id)
          ? []
          : [`${who} has a wrong id`]),
      ]
    }),
  ]
}

/** OpenNebula's hosts are the cloud's servers, and in use. */
function wrongHosts({ one, cloud }: World): string[] {
  const hosts = one.state.hosts.newestFirst()
  const system = one.state.datastores
    .newestFirst()
    .find(({ template }) => template.text('EDGE_KEY')?.endsWith('/system-datastore'))
  const replica = system?.template.text('REPLICA_HOST')
  const monitored = 2
  return [
    ...hosts.flatMap(({ name, state, template }) => {
      const facts = hostFacts(Object.fromEntries(template.entries) as Template)
      const server = cloud.state.servers.get(facts?.server ?? '')
      const nic = [...cloud.state.attachments.values()].find((one) => one.server_id === server?.id)
      return [
        ...(state === monitored ? [] : [`host ${name} is in state ${state}`]),
        ...(server?.ips.some(({ address }) => address === name)
          ? []
          : [`host ${name} has no server`]),
        ...(nic?.vlan === facts?.vlan ? [] : [`host ${name} has VLAN ${facts?.vlan}`]),
      ]
    }),
    ...(hosts.some(({ name }) => name === replica) ? [] : [`no host ${replica} has replicas`]),
  ]
}

/** Each agent is logged in with the key that OpenNebula knows, and follows this controller. */
function wrongAgents({ one, hosts }: World): string[] {
  const known = new Map(one.state.hosts.newestFirst().map((host) => [host.name, host]))
  return hosts.all().flatMap((host) => {
    const key = known.get(host.address)?.template.text('EDGE_AGENT_KEY')
    return [
      ...(host.connected() ? [] : [`the agent of ${host.address} is not connected`]),
      ...(host.publicKey === key ? [] : [`the agent of ${host.address} has another key`]),
      ...(host.spec() ? [] : [`${host.address} has no specification`]),
    ]
  })
}

/** What is left of provisions that are done, one sentence each. */
export function wrongWhenDone(world: World): string[] {
  const { cloud, one, hosts } = world
  const provision = onlyProvision(world)
  const kinds = {
    cluster: one.state.clusters,
    datastore: one.state.datastores,
    network: one.state.networks,
    'network template': one.state.networkTemplates,
    host: one.state.hosts,
  }
  return [
    ...(provision?.state === 'DONE' ? [] : [`the provision is ${provision?.state}`]),
    ...cloud
      .violations(simulatedProject)
      .filter(({ severity }) => severity === 'error')
      .map(({ rule, what, object }) => `the cloud noted ${rule}: ${what} ${object ?? ''}`),
    ...[...cloud.state.attachments.values()].map(({ id }) => `attachment ${id} is left`),
    ...[...cloud.state.gatewayNetworks.values()].map(({ id }) => `gateway network ${id} is left`),
    ...cloud.ledger
      .bill(simulatedProject)
      .items.map(({ kind, name }) => `${kind} ${name} costs on`),
    ...Object.entries(kinds).flatMap(([kind, pool]) =>
      pool
        .newestFirst()
        .filter(({ template }) => template.text('EDGE_KEY') !== undefined)
        .map(({ id }) => `${kind} ${id} is left in OpenNebula`),
    ),
    ...one.state.hosts.newestFirst().map(({ name }) => `host ${name} is left in OpenNebula`),
    ...hosts.all().map(({ address }) => `the machine ${address} is left`),
    ...cloud.clock.pending().map(({ name }) => `the cloud still works on "${name}"`),
  ]
}
