import type { Test } from 'tap'
import { type Guests, run } from './cast.ts'
import { end, heard, start } from './connections.ts'
import type { Fleet } from './fleet.ts'
import { liveMove } from './live-move.ts'
import { learnt } from './look.ts'
import { until } from './machine.ts'
import { from, fromClient, watch } from './watch.ts'

const device = 'scwpn.3'
const port = '7'

/** Open connections to both addresses of a VM live through its move; its old host keeps nothing. */
export async function moves(t: Test, fleet: Fleet, guests: Guests): Promise<void> {
  const [source, target] = [fleet.host(5), fleet.host(4)]
  const mover = await run(fleet, 5, source)
  const [open, inside] = mover.vm.nics
  if (open?.externalIp === undefined || inside?.ip === undefined)
    throw new Error('VM 5 has two NICs')
  const serving = start(mover.machine, 'serve', port)
  await heard(serving, 'serving')
  const calls = [
    { title: 'private', call: start(guests[1].machine, 'call', inside.ip, port) },
    { title: 'elastic', call: start(fleet.world.internet, 'call', open.externalIp, port) },
  ]
  for (const { call } of calls) await heard(call, 'open')
  const watched = await watch(
    (line) => t.comment(line),
    [from(guests[1].machine, inside.ip), fromClient(fleet, open.externalIp)],
  )
  const move = await liveMove(fleet, mover, source, target)
  const before = await watched.during('its destination is prepared', move.prepare)
  for (const [title, { lost }] of before) t.equal(lost, 0, `${title} loses nothing before the move`)
  t.equal(await learnt(fleet.host(1), device, inside.mac), source.vtep, 'it is still where it was')
  await watched.during('the VM moves', async () => {
    t.comment(`it ran nowhere for ${Math.round(await move.switch())} ms`)
    await move.follow()
  })
  watched.stop()
  for (const { title, call } of calls) {
    const { echoed, stallMs, broken } = await end(call)
    t.comment(`${title} connection: ${echoed} echoes, longest stall ${stallMs} ms`)
    t.equal(broken, null, `the ${title} connection lives`)
  }
  await until(
    'all to know its new host',
    async () => (await learnt(fleet.host(1), device, inside.mac)) === target.vtep,
  )
  const left = await source.machine.sh(
    'ip route; ip neigh; ip neigh show proxy; ip netns exec fx3 nft list table ip fx; ip netns exec fx3 ip neigh',
  )
  for (const address of [open.externalIp, open.ip ?? ''])
    t.notMatch(left, address, `${address} is gone`)
  t.match(
    left,
    /172\.30\.0\.15 .*extern_learn/,
    'what BGP told it of the private address is all there is',
  )
  t.match(await target.machine.sh('ip route'), open.externalIp)
  serving.stdin?.end()
  await mover.machine.cut()
}
