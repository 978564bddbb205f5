import { happened, type Sim } from '../engine/sim.ts'
import { releaseIp } from '../ipam/allocate.ts'
import { left } from '../vpc/occupancy.ts'
import { occupy } from './lifecycle.ts'
import type { Gateway, GatewayNetwork } from './model.ts'

const seconds = { created: 3, attaching: 3, configuring: 4, change: 5, detach: 4, settle: 2 }

/** created → attaching → configuring → ready; the gateway is `configuring` all the while. */
export function joinNetwork(sim: Sim, gateway: Gateway, network: GatewayNetwork): void {
  const free = occupy(sim, gateway)
  const name = `network of gateway ${gateway.name}`
  sim.clock.after(seconds.created, `attach ${name}`, () => {
    if (network.status === 'created') network.status = 'attaching'
    sim.clock.after(seconds.attaching, `configure ${name}`, () => {
      if (network.status === 'attaching') network.status = 'configuring'
      sim.clock.after(seconds.configuring, `finish ${name}`, async () => {
        if (network.status === 'configuring') await tell(sim, gateway, network)
        free(seconds.settle)
      })
    })
  })
}

/** After a change of address or masquerade: the world is told anew. */
export function changeNetwork(sim: Sim, gateway: Gateway, network: GatewayNetwork): void {
  const free = occupy(sim, gateway)
  network.status = 'configuring'
  sim.clock.after(seconds.change, `change network of gateway ${gateway.name}`, async () => {
    if (network.status === 'configuring') {
      await untell(sim, gateway, network)
      await tell(sim, gateway, network)
    }
    free(seconds.settle)
  })
}

/** detaching → gone, with the address it had of its own. */
export function removeNetwork(sim: Sim, gateway: Gateway, network: GatewayNetwork): void {
  const free = occupy(sim, gateway)
  network.status = 'detaching'
  sim.clock.after(seconds.detach, `detach network of gateway ${gateway.name}`, async () => {
    const fine = await untell(sim, gateway, network)
    free(seconds.settle)
    if (sim.store.gatewayNetworks.get(network.id) !== network) return
    if (!fine) {
      network.status = 'error'
      return
    }
    sim.store.gatewayNetworks.delete(network.id)
    releaseIp(sim, network.ipam_ip_id)
    left(sim, network.private_network_id)
  })
}

export const presentNetwork = ({ hidden: _, ...wire }: GatewayNetwork) => wire

async function tell(sim: Sim, gateway: Gateway, network: GatewayNetwork): Promise<void> {
  const told = {
    gateway: gateway.id,
    publicAddress: sim.store.gatewayIps.get(gateway.hidden.ip)?.address ?? '',
    network: network.private_network_id,
    address: sim.store.ipamIps.get(network.ipam_ip_id)?.address ?? '',
    masquerade: network.masquerade_enabled,
  }
  network.hidden.told = told
  const fine = await happened(sim, `attach gateway ${gateway.name}`, sim.world.attachGateway(told))
  if (network.status !== 'configuring') return
  network.status = fine ? 'ready' : 'error'
  if (fine) network.mac_address = network.hidden.mac
}

async function untell(sim: Sim, gateway: Gateway, network: GatewayNetwork): Promise<boolean> {
  const { told } = network.hidden
  network.hidden.told = null
  if (!told) return true
  return await happened(sim, `detach gateway ${gateway.name}`, sim.world.detachGateway(told))
}
