import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import { type Guests, onedVm, run, said } from './cast.ts'
import type { Fleet } from './fleet.ts'
import { type Guest, startGuest } from './guests.ts'
import { announced, learnt } from './look.ts'
import { until } from './machine.ts'
import { client, from, fromClient, loseNothing, watch } from './watch.ts'

const device = 'scwpn.3'

/**
 * A host dies with its VMs; they start elsewhere; it boots again with what it knew last, and nobody
 * there to tell it better. Uses VM 3 of host 5, and gives it an elastic neighbour.
 */
export async function ghost(t: Test, fleet: Fleet, guests: Guests): Promise<void> {
  const [h1, h4, h5] = [fleet.host(1), fleet.host(4), fleet.host(5)]
  const mover = await run(fleet, 5, h5)
  const macs = [...guests[3].vm.nics, ...mover.vm.nics.slice(1)].map(({ mac }) => mac)
  const held = async (by: string | null) =>
    (
      await Promise.all([h1, h4].flatMap((host) => macs.map((mac) => learnt(host, device, mac))))
    ).every((at) => at === by)
  await guests[2].machine.sh('ping -c 1 -W 5 172.30.0.13; ping -c 1 -W 5 172.30.0.15')
  await until('all hosts to know where they are', () => held(h5.vtep))
  const watched = await watch(
    (line) => t.comment(line),
    [
      from(guests[1].machine, '172.30.0.12'),
      from(guests[1].machine, client),
      fromClient(fleet, '195.154.0.1'),
    ],
  )
  await loseNothing(t, watched, 'a host dies: the others', async () => {
    const began = performance.now()
    await h5.cut()
    await Promise.all([guests[3].machine.cut(), mover.machine.cut()])
    await until('the others to forget its VMs', () => held(null))
    t.comment(`its MACs were withdrawn ${Math.round(performance.now() - began)} ms after the cut`)
  })

  const here = [onedVm(3, 'running', 5, 4), onedVm(5, 'running', 5, 4)].map((vm) => said(fleet, vm))
  await fleet.settle(fleet.host(1), fleet.host(2), fleet.host(3), h4)
  const again: Guest[] = []
  for (const vm of here) again.push(await startGuest(h4, vm))
  const flows = await watch(
    (line) => t.comment(line),
    [
      from(guests[1].machine, '172.30.0.13'),
      from(guests[1].machine, '172.30.0.15'),
      fromClient(fleet, '195.154.0.2'),
    ],
  )
  await fleet.world.internet.sh(`nft 'add table bridge probe'
    nft 'add chain bridge probe pre { type filter hook prerouting priority 0; }'
    nft add rule bridge probe pre iifname h5 ether type arp arp saddr ip 195.154.0.0/24 counter`)
  fleet.connect(false, h5)
  await loseNothing(t, flows, 'it boots with an old specification', async () => {
    await h5.boot()
    await fleet.joined()
    t.equal((await h5.status()).report.elastics[0]?.armed, false, 'it knows the address, unarmed')
    await pause(3000)
  })
  t.same(
    (await announced(h1, h5)).filter((mac) => macs.includes(mac)),
    [],
    'no route to the VMs',
  )
  for (const mac of macs) t.equal(await learnt(h1, device, mac), h4.vtep)
  t.match(
    await fleet.world.internet.sh('nft list table bridge probe'),
    /counter packets 0 /,
    'no ARP',
  )
  t.notMatch(await h5.machine.sh('ip route; ip neigh show proxy'), /195\.154\.0\.2/)
  await loseNothing(t, flows, 'it hears of its controller again', async () => {
    fleet.connect(true, h5)
    await fleet.settle()
  })
  flows.stop()
  watched.stop()
  for (const guest of again) await guest.machine.cut()
  fleet.oned.vms = fleet.oned.vms.filter(({ id }) => id !== 3 && id !== 5)
  await fleet.settle()
}
