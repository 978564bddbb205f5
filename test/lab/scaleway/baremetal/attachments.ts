import { happened, type Sim } from '../engine/sim.ts'
import { claimIp, releaseIp } from '../ipam/allocate.ts'
import type { PrivateNetwork } from '../vpc/model.ts'
import { left } from '../vpc/occupancy.ts'
import type { Attachment, Server } from './model.ts'

const seconds = { attach: 10, detach: 8 }

/** attaching → attached, with its VLAN and addresses known at once. */
export function attachNic(
  sim: Sim,
  server: Server,
  network: PrivateNetwork,
  bookedIds: readonly string[],
): Attachment {
  const now = sim.clock.stamp()
  const id = sim.chance.uuid()
  const resource = {
    type: 'baremetal_private_nic',
    id,
    name: server.name,
    mac_address: server.hidden.mac.toUpperCase(),
  } as const
  const attachment: Attachment = {
    id,
    project_id: server.project_id,
    server_id: server.id,
    private_network_id: network.id,
    vlan: freeVlan(sim, server, network),
    status: 'attaching',
    ipam_ip_ids: claimIp(sim, network, resource, bookedIds).map((ip) => ip.id),
    created_at: now,
    updated_at: now,
    hidden: { zone: server.zone, leaving: null },
  }
  sim.store.attachments.set(id, attachment)
  const broken = sim.faults.take('pnAttachError') !== undefined
  const what = `attach ${server.name} to ${network.name}`
  sim.clock.after(seconds.attach, what, async () => {
    if (!stays(sim, attachment)) return
    const effect = broken ? refuse() : sim.world.attachNic(nicOf(server, attachment))
    const fine = await happened(sim, what, effect)
    if (stays(sim, attachment)) attachment.status = fine ? 'attached' : 'error'
  })
  return attachment
}

/** detaching → gone; resolves when it is. Its automatic addresses go with it, booked ones stay. */
export function detachNic(sim: Sim, attachment: Attachment): Promise<void> {
  attachment.hidden.leaving ??= startDetach(sim, attachment)
  return attachment.hidden.leaving
}

function startDetach(sim: Sim, attachment: Attachment): Promise<void> {
  const addresses = attachment.ipam_ip_ids
  attachment.status = 'detaching'
  attachment.ipam_ip_ids = []
  const server = sim.store.servers.get(attachment.server_id)
  const what = `detach ${server?.name} from ${attachment.private_network_id}`
  return new Promise((resolve) => {
    sim.clock.after(seconds.detach, what, async () => {
      const fine =
        !server || (await happened(sim, what, sim.world.detachNic(nicOf(server, attachment))))
      resolve()
      if (sim.store.attachments.get(attachment.id) !== attachment) return
      if (!fine) {
        attachment.status = 'error'
        attachment.hidden.leaving = null
        return
      }
      sim.store.attachments.delete(attachment.id)
      for (const id of addresses) releaseIp(sim, id)
      left(sim, attachment.private_network_id)
    })
  })
}

const nicOf = (server: Server, { private_network_id, vlan }: Attachment) => ({
  server: server.id,
  network: private_network_id,
  vlan,
  mac: server.hidden.mac,
})

const stays = (sim: Sim, attachment: Attachment) =>
  sim.store.attachments.get(attachment.id) === attachment && attachment.status === 'attaching'

const refuse = () => Promise.reject(new Error('fault pnAttachError'))

/** Nobody can predict it; two networks of one server never share one. */
function freeVlan(sim: Sim, server: Server, network: PrivateNetwork): number {
  const all = [...sim.store.attachments.values()]
  const same = all.find(({ private_network_id }) => private_network_id === network.id)
  if (sim.config.switches.vlanScope === 'perPN' && same) return same.vlan
  const taken = new Set(
    all
      .filter((a) => a.server_id === server.id || sim.config.switches.vlanScope === 'perPN')
      .map(({ vlan }) => vlan),
  )
  for (;;) {
    const vlan = sim.chance.integer(1000, 3999)
    if (!taken.has(vlan)) return vlan
  }
}
