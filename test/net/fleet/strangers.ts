import type { Test } from 'tap'
import { type Guests, nics, run } from './cast.ts'
import type { Fleet } from './fleet.ts'
import type { Guest } from './guests.ts'

/** Whatever a VM of one network sends, no frame of it arrives in the other with the same prefix. */
export async function strangers(t: Test, fleet: Fleet, guests: Guests): Promise<void> {
  const blues = [await run(fleet, 6, fleet.host(3)), await run(fleet, 7, fleet.host(4))]
  const attacker = await run(fleet, 8, fleet.host(5))
  const [mine] = attacker.vm.nics
  if (mine === undefined) throw new Error('VM 8 has a NIC')
  t.same(
    nics[1]?.map(({ mac }) => mac),
    nics[6]?.map(({ mac }) => mac),
    'even their MACs are the same',
  )
  const all = [guests[1], guests[2], ...blues]
  for (const { machine } of all)
    await machine.sh(`nft 'add table netdev probe'
      nft 'add chain netdev probe in { type filter hook ingress device eth0 priority 0; }'
      nft add rule netdev probe in ether saddr ${mine.mac} counter`)
  await attacker.machine.sh(`for last in 1 11 12 13 15 255; do
      arping -q -c 2 -w 1 -I eth0 172.30.0.$last || true
      ping -q -b -c 3 -i 0.05 -W 1 172.30.0.$last || true
    done
    ip neigh replace 172.30.0.99 lladdr 02:00:5e:00:01:01 dev eth0; ping -q -c 3 -i 0.05 -W 1 172.30.0.99 || true`)
  const counted = (guest: Guest) =>
    guest.machine.sh("nft list table netdev probe | grep -o 'packets [0-9]*'")
  for (const guest of [guests[1], guests[2]])
    t.equal(await counted(guest), 'packets 0', `VM ${guest.vm.id} of red saw nothing`)
  for (const guest of blues)
    t.match(await counted(guest), /packets [1-9]/, `VM ${guest.vm.id} of blue did`)
  for (const guest of [...blues, attacker]) await guest.machine.cut()
}
