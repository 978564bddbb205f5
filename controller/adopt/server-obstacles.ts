import type { CloudFound, CloudServer, Found } from './found.ts'
import { repeated } from './repeated.ts'
import { hostsOf } from './stock-provision.ts'
import { taken } from './taken.ts'

type Named = ReturnType<typeof hostsOf>[number]

/** What is wrong with the servers at Scaleway, and with who says that they are the provision's. Pure. */
export function serverProblems(found: Found, cloud: CloudFound): string[] {
  const { provision, provider, uuid } = found
  const named = hostsOf(provision)
  if (named.length === 0) return ['It has no hosts']
  return [
    ...namedTwice(named),
    ...named.flatMap((host) => {
      const { server: id, zone, name } = host
      const what = `Server ${id} of host ${name}`
      if (zone !== cloud.zone) return [`${what} is in ${zone}, and its provider in ${cloud.zone}`]
      const server = cloud.servers.find((one) => one.id === id)
      if (server === undefined)
        return [`${what} is not seen with the key of provider ${provider?.id}`]
      return [
        ...unproven(found, host, server),
        ...conditionOf(server),
        ...taken(`Server ${server.name}`, server, uuid),
      ]
    }),
  ]
}

/**
 * Who manages the provision may write into its document whatever they like, another server of the project
 * say. That a server is the provision's, OpenNebula's host tells, which administrators alone write.
 */
function unproven(
  { opennebula }: Found,
  { id, name, zone, server: serverId }: Named,
  server: CloudServer,
): string[] {
  const host = opennebula.hosts.find((one) => one.id === id)
  if (host === undefined) return []
  const what = `OpenNebula’s host ${host.id} (${host.name})`
  const resource = `${zone}/${serverId}`
  const told = host.resource === undefined ? 'no server' : `the server ${host.resource}`
  const others = [...new Set([host.name, name])].filter((one) => one !== server.address)
  return [
    ...(host.resource === resource
      ? []
      : [`${what} has ${told}, and the document says ${resource}`]),
    ...others.map(
      (called) =>
        `Server ${server.name} has the address ${server.address ?? 'none'}, and its host is called ${called}`,
    ),
  ]
}

function namedTwice(named: readonly Named[]): string[] {
  return [
    ...repeated(named, ({ server }) => server).map(
      ([server, { length }]) => `Its document names the server ${server} ${length} times`,
    ),
    ...repeated(named, ({ id }) => id ?? undefined).map(
      ([id, { length }]) => `Its document names OpenNebula’s host ${id} ${length} times`,
    ),
  ]
}

function conditionOf({ name, status, install, offer, optionable }: CloudServer): string[] {
  return [
    ...(status === 'ready' ? [] : [`Server ${name} is ${status}`]),
    ...(install === 'completed'
      ? []
      : [`The installation of server ${name} is ${install ?? 'not known'}`]),
    ...(optionable
      ? []
      : [`Server ${name} is an ${offer}, which cannot be put on private networks`]),
  ]
}
