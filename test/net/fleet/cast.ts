import type { Test } from 'tap'
import type { Nic, Vm } from '../../../controller/opennebula/index.ts'
import { elastic, elasticNic, lcm, nic, vm, vxlan } from '../../unit/fleet/samples.ts'
import type { Fleet } from './fleet.ts'
import { type Guest, startGuest } from './guests.ts'
import type { Host } from './host.ts'
import { client, from, fromClient, type Watched, watch } from './watch.ts'

/** Two users' networks with one prefix, and the public one. */
export const red = vxlan(1)
export const blue = vxlan(2)
export const open = elastic(3)
export const networks = [red, blue, open]

const gateway = '172.30.0.1'
const inRed = (last: number, nicId = 0): Nic =>
  nic(nicId, red, `172.30.0.${last}`, nicId === 0 ? { gateway } : {})
const inBlue = (last: number): Nic => nic(0, blue, `172.30.0.${last}`, { gateway })

/** NICs by VM; the first two of red and blue have the same addresses and the same MACs. */
export const nics: Readonly<Record<number, readonly Nic[]>> = {
  1: [inRed(11)],
  2: [inRed(12)],
  3: [inRed(13)],
  4: [elasticNic(0, open, 1)],
  /** One that moves: an elastic address and a private one. */
  5: [elasticNic(0, open, 2), inRed(15, 1)],
  6: [inBlue(11)],
  7: [inBlue(12)],
  8: [inBlue(77)],
}

/** What oned says of a VM whose history is these hosts, newest last. */
export function onedVm(id: number, state: keyof typeof lcm, ...hosts: number[]): Vm {
  return vm(id, lcm[state], hosts, nics[id] ?? [])
}

/** Says to oned that a VM is so, and no longer as it was. */
export function said(fleet: Fleet, one: Vm): Vm {
  fleet.oned.vms = [...fleet.oned.vms.filter(({ id }) => id !== one.id), one]
  return one
}

/** Runs a VM on a host from nothing. */
export async function run(fleet: Fleet, id: number, host: Host): Promise<Guest> {
  const one = said(fleet, onedVm(id, 'running', host.number))
  await fleet.settle(host)
  return startGuest(host, one)
}

export type Guests = Readonly<Record<1 | 2 | 3 | 4, Guest>>

/** VMs 1 to 4 on hosts 3, 4, 5 and 3: three of one network, and one with an elastic address. */
export async function people(fleet: Fleet): Promise<Guests> {
  const [h3, h4, h5] = [fleet.host(3), fleet.host(4), fleet.host(5)]
  const homes = [h3, h4, h5, h3]
  const vms = homes.map((host, index) => said(fleet, onedVm(index + 1, 'running', host.number)))
  await fleet.settle()
  const start = (id: 1 | 2 | 3 | 4) => {
    const [host, vm] = [homes[id - 1], vms[id - 1]]
    if (host === undefined || vm === undefined) throw new Error(`VM ${id} has no host`)
    return startGuest(host, vm)
  }
  return { 1: await start(1), 2: await start(2), 3: await start(3), 4: await start(4) }
}

/** Between hosts, out by the public gateway, and in by an elastic address. */
export function watchAll(t: Test, fleet: Fleet, guests: Guests): Promise<Watched> {
  return watch(
    (line) => t.comment(line),
    [
      from(guests[1].machine, '172.30.0.12'),
      from(guests[2].machine, '172.30.0.13'),
      from(guests[1].machine, client),
      fromClient(fleet, '195.154.0.1'),
    ],
  )
}
