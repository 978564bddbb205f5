import type { Sim } from '../engine/sim.ts'

/** All objects with what only the simulator knows, secret keys excepted. */
export function stateOf({ store, config }: Sim): object {
  const { sshKeys, servers, attachments, flexibleIps, vpcs, privateNetworks } = store
  const { gateways, gatewayNetworks, gatewayIps, ipamIps } = store
  const kinds = {
    sshKeys,
    servers,
    attachments,
    flexibleIps,
    vpcs,
    privateNetworks,
    gateways,
    gatewayNetworks,
    gatewayIps,
    ipamIps,
  }
  return {
    organization: config.organizationId,
    projects: config.projects,
    switches: config.switches,
    quotas: Object.fromEntries(store.quotas),
    stock: Object.fromEntries(store.stock),
    locked: [...store.locked],
    ...Object.fromEntries(Object.entries(kinds).map(([kind, all]) => [kind, [...all.values()]])),
  }
}
