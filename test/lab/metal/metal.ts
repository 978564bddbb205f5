import { createPrivateNetworks } from '../net/private-networks.ts'
import { createPublicGateways } from '../net/public-gateways.ts'
import { createPublicSegment, type Delivery } from '../net/public-segment.ts'
import type { CommandOptions, CommandResult } from '../sandbox/command.ts'
import type { NicAttachment, ServerInstallation, World } from '../scaleway/world.ts'
import { type Cabling, installServer, type Server } from './server.ts'
import { waitForSsh } from './ssh-answers.ts'

export interface MetalOptions {
  readonly delivery?: Delivery
}

export interface Metal extends World {
  /** The installed server with that id or that public address. */
  server(idOrAddress: string): Server | undefined
  /** Runs a program in a server, as root. */
  execOn(
    idOrAddress: string,
    argv: readonly string[],
    options?: CommandOptions,
  ): Promise<CommandResult>
  /** Milliseconds from power-on to sshd's greeting, for each installation. */
  readonly timesToSsh: readonly number[]
  /** How flexible IPs are delivered that are attached from now on. */
  setDelivery(delivery: Delivery): void
  /** Switches everything off. */
  close(): Promise<void>
}

interface Machine {
  readonly server: Server
  readonly installation: ServerInstallation
}

/**
 * The data centre: servers that boot real systemd, on a public segment, private networks and public
 * gateways, all of them namespaces of this sandbox.
 */
export async function createMetal({ delivery = 'routed' }: MetalOptions = {}): Promise<Metal> {
  const segment = await createPublicSegment(delivery)
  const networks = await createPrivateNetworks()
  const gateways = await createPublicGateways(networks)
  const machines = new Map<string, Machine>()
  const nics = new Map<string, NicAttachment[]>()
  const timesToSsh: number[] = []

  const plugOf = ({ vlan, mac, server }: NicAttachment) => ({
    namespace: `em-${server}`,
    link: `pn${vlan}`,
    mac,
  })

  function cablingOf({ id, address, gateway, mac }: ServerInstallation): Cabling {
    return {
      plug: async () => {
        await segment.plug({ server: id, namespace: `em-${id}`, address, gateway, mac })
        for (const nic of nics.get(id) ?? []) await networks.plug(nic.network, plugOf(nic))
      },
      unplug: async () => {
        await segment.unplug(id)
        for (const nic of nics.get(id) ?? []) await networks.unplug(nic.network, plugOf(nic))
      },
    }
  }

  function machineOf(id: string): Machine {
    const machine = machines.get(id)
    if (!machine) throw new Error(`Server ${id} has no operating system`)
    return machine
  }

  function server(idOrAddress: string): Server | undefined {
    const byAddress = () =>
      [...machines.values()].find(({ installation }) => installation.address === idOrAddress)
    return (machines.get(idOrAddress) ?? byAddress())?.server
  }

  return {
    timesToSsh,
    server,

    async installServer(installation) {
      await machines.get(installation.id)?.server.remove()
      machines.delete(installation.id)
      const fresh = await installServer(installation.id, installation, cablingOf(installation))
      machines.set(installation.id, { server: fresh, installation })
      const from = performance.now()
      await fresh.start()
      await waitForSsh(installation.address)
      timesToSsh.push(Math.round(performance.now() - from))
    },

    async powerServer(id, action) {
      const machine = machineOf(id)
      if (action !== 'start') await machine.server.stop()
      if (action !== 'stop') await machine.server.start()
    },

    async removeServer(id) {
      await machines.get(id)?.server.remove()
      machines.delete(id)
      nics.delete(id)
    },

    async attachNic(nic) {
      nics.set(nic.server, [...(nics.get(nic.server) ?? []), nic])
      if (server(nic.server)?.pid) await networks.plug(nic.network, plugOf(nic))
    },

    async detachNic(nic) {
      const others = (nics.get(nic.server) ?? []).filter(({ network }) => network !== nic.network)
      nics.set(nic.server, others)
      await networks.unplug(nic.network, plugOf(nic))
    },

    attachGateway: gateways.attach,
    detachGateway: gateways.detach,
    routeAddress: segment.deliver,
    setDelivery: segment.setDelivery,

    async execOn(idOrAddress, argv, options) {
      const found = server(idOrAddress)
      if (!found) throw new Error(`No server ${idOrAddress}`)
      return await found.exec(argv, options)
    },

    async close() {
      await Promise.all([...machines.values()].map((machine) => machine.server.stop()))
    },
  }
}
