import { underlayName } from '../../lib/contract/index.ts'
import {
  type Adopting,
  engine,
  type OneObjects,
  type ProvisionBody,
  states,
  withHistory,
} from '../documents/index.ts'
import type { CloudFound, Found } from './found.ts'
import { hostsOf, networkKey } from './stock-provision.ts'

/** What a provision of this driver is asked for, and with these values. */
export interface Described {
  readonly fireedge: ProvisionBody['fireedge']
  readonly user_inputs: ProvisionBody['user_inputs']
  readonly user_inputs_values: ProvisionBody['user_inputs_values']
}

/**
 * The document as ours: everything that is there under the keys it has from now on, and the work of a
 * provision still to be begun. Whoever goes on from here needs nothing of the stock document. Pure.
 */
export function adoptedBody(
  found: Found & { readonly cloud: CloudFound; readonly provider: { readonly id: number } },
  described: Described,
  nowMs: number,
): ProvisionBody {
  const { provision, provider, cloud, opennebula, uuid } = found
  const { name, body } = provision
  const hosts = hostsOf(provision)
  const told = `Taken over from the stock OneForm server; provider ${provider.id} instead of ${body.provider_id}`
  return {
    ...{ name, description: body.description ?? '', deployment_file: 'ssh_cluster' },
    ...described,
    provider_id: provider.id,
    state: states.PENDING,
    one_objects: body.one_objects as OneObjects,
    registration_time: body.registration_time ?? Math.floor(nowMs / 1000),
    historic: withHistory(body.historic ?? [], 'Taken over', told, nowMs),
    tags: (described.user_inputs_values['oneform_tags'] ?? {}) as Record<string, string>,
    ...{ engine, uuid, driver: 'scaleway' },
    host_keys: hosts.map(({ key }) => key),
    next_keys: { host: hosts.length, ip: opennebula.ranges.length },
    stock_keys: cloud.keys.map(({ id, name: key }) => ({ id, name: key })),
    adopting: adoptingOf(found),
  }
}

function adoptingOf(found: Found & { readonly cloud: CloudFound }): Adopting {
  const { provision, cloud, opennebula } = found
  const hosts = hostsOf(provision)
  return {
    cloud: cloudObjects(cloud, hosts, opennebula.ranges),
    one: [
      ...(opennebula.cluster
        ? [{ kind: 'cluster', key: 'cluster', id: opennebula.cluster.id } as const]
        : []),
      ...opennebula.datastores.map(({ id, type }) => ({
        ...{ kind: 'datastore' as const, id, key: `${type}-datastore` },
      })),
      ...opennebula.networks.map(({ id, vnMad }) => ({
        ...{ kind: 'network' as const, id },
        key: networkKey(vnMad),
      })),
      ...hosts.flatMap(({ id, key }) => (id === null ? [] : [{ kind: 'host' as const, key, id }])),
    ],
    ranges: opennebula.ranges.map(({ network, id, ip, external }, index) => ({
      ...{ network, id, ip: ip ?? '', external: external ?? '', key: `ip-${index}` },
    })),
    devices: opennebula.networks.flatMap(({ vnMad, vlanId, attributes }) => {
      const device = `${attributes['PHYDEV']}.${vlanId}`
      const left =
        vnMad === 'vxlan' && vlanId !== undefined && attributes['PHYDEV'] !== underlayName
      return left && isDevice(device) ? [device] : []
    }),
    kept_closed: opennebula.hosts.filter(({ keptClosed }) => keptClosed).map(({ id }) => id),
  }
}

/** OpenNebula's networks are named by their owners. */
function isDevice(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/.test(name)
}

function cloudObjects(
  { vpcs, networks, gateways, addresses }: CloudFound,
  hosts: ReturnType<typeof hostsOf>,
  ranges: Found['opennebula']['ranges'],
): Adopting['cloud'] {
  return [
    ...vpcs.map(({ id }) => ({ role: 'vpc', key: 'vpc', id }) as const),
    ...networks.map(({ id }) => ({ role: 'private-network', key: 'private-network', id }) as const),
    ...gateways.map(({ id }) => ({ role: 'gateway', key: 'gateway', id }) as const),
    ...gateways.flatMap(({ address }) =>
      address ? [{ role: 'gateway-ip', key: 'gateway-ip', id: address.id } as const] : [],
    ),
    ...hosts.map(({ key, server: id, name }) => {
      return { role: 'server', key, id, address: name } as const
    }),
    ...ranges.flatMap(({ flexibleIp, external }, index) => {
      const found = addresses.find(({ id }) => id === flexibleIp)
      if (found === undefined || external === undefined) return []
      const key = `ip-${index}`
      return [{ role: 'flexible-ip', key, id: found.id, address: external } as const]
    }),
  ]
}
