import { inNamespace, ip } from '../net/namespace.ts'
import type { Hypervisor, StartVm } from '../opennebula/hypervisor.ts'
import { type CommandResult, command, outcome } from '../sandbox/command.ts'
import { type Guest, joinGuest, startGuest } from './guest.ts'
import type { Metal } from './metal.ts'
import type { Server } from './server.ts'
import { sshAnswers } from './ssh-answers.ts'

export interface MetalHypervisor extends Hypervisor {
  /** Runs a program in a guest's network, with the sandbox's files. Throws when it does not run. */
  execInVm(vm: number, argv: readonly string[]): Promise<CommandResult>
  /** Public address of the server a guest runs on. */
  hostOf(vm: number): string | undefined
}

interface Vm extends StartVm {
  readonly guest: Guest
}

/**
 * What OpenNebula's drivers do on a host, on the lab's metal. A VM is a network namespace held by a
 * process inside the server, which a power cut takes with it.
 */
export function createHypervisor(metal: Metal): MetalHypervisor {
  const vms = new Map<number, Vm>()

  function running(hostname: string): Server {
    const server = metal.server(hostname)
    if (!server?.pid) throw new Error(`Error connecting to ${hostname}: no route to host`)
    return server
  }

  /** The VM, unless its server lost power meanwhile. */
  function alive(id: number): Vm | undefined {
    const vm = vms.get(id)
    if (vm && !vm.guest.ended) return vm
    vms.delete(id)
    return undefined
  }

  return {
    hostAnswers: (hostname) => sshAnswers(hostname),

    hasBridge: (hostname, bridge) => hasLink(running(hostname), [bridge, 'type', 'bridge']),

    async bridgeHasPort(hostname, bridge, device) {
      const server = running(hostname)
      const shown = await outcome(['ip', '-n', server.namespace, '-o', 'link', 'show', device])
      return shown.code === 0 && shown.stdout.includes(` master ${bridge} `)
    },

    async makeBridge(hostname, bridge) {
      await ip(running(hostname).namespace, [
        `link add ${bridge} type bridge`,
        `link set ${bridge} up`,
      ])
    },

    async startVm(start) {
      if (alive(start.vm)) throw new Error(`Domain one-${start.vm} exists already`)
      const server = running(start.hostname)
      const guest = await startGuest(server)
      vms.set(start.vm, { ...start, guest })
      try {
        for (const [index, nic] of start.nics.entries()) {
          await ip(server.namespace, [
            `link add ${nic.target} type veth peer name eth${index} netns ${guest.pid}`,
          ])
          await plug(server, nic.target, nic.bridge)
          await guest.configure(index, nic)
        }
      } catch (error) {
        await guest.stop()
        vms.delete(start.vm)
        throw error
      }
    },

    async stopVm(hostname, id) {
      const vm = alive(id)
      if (vm?.hostname !== hostname) return
      vms.delete(id)
      await vm.guest.stop()
      const server = metal.server(hostname)
      // The kernel deletes a namespace's devices a moment after its last process.
      for (const { target } of vm.nics) {
        if (server?.pid) await outcome(['ip', '-n', server.namespace, 'link', 'delete', target])
      }
    },

    async moveVm(id, from, to) {
      const vm = alive(id)
      if (vm?.hostname !== from) throw new Error(`Domain one-${id} does not run on ${from}`)
      const [source, target] = [running(from), running(to)]
      for (const { bridge } of vm.nics) {
        if (!(await hasLink(target, [bridge, 'type', 'bridge']))) {
          throw new Error(`Cannot get interface MTU on '${bridge}': No such device`)
        }
      }
      const guest = await joinGuest(target, vm.guest)
      for (const nic of vm.nics) {
        await ip(source.namespace, [`link set ${nic.target} nomaster down`])
        await ip(source.namespace, [`link set ${nic.target} netns ${target.namespace}`])
        await plug(target, nic.target, nic.bridge)
      }
      vms.set(id, { ...vm, hostname: to, guest })
      await vm.guest.stop()
      for (const [index, nic] of vm.nics.entries()) guest.announce(index, nic)
    },

    async execInVm(id, argv) {
      const vm = alive(id)
      if (!vm) throw new Error(`VM ${id} does not run`)
      return await outcome(vm.guest.inside(argv))
    },

    hostOf: (id) => alive(id)?.hostname,
  }
}

async function hasLink(server: Server, what: readonly string[]): Promise<boolean> {
  const shown = await outcome(inNamespace(server.namespace, ['ip', 'link', 'show', ...what]))
  return shown.code === 0 && shown.stdout !== ''
}

async function plug(server: Server, port: string, bridge: string): Promise<void> {
  await command(['ip', '-n', server.namespace, 'link', 'set', port, 'master', bridge, 'up'])
}
