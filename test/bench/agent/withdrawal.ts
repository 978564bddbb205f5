import { networks, run } from '../../net/fleet/cast.ts'
import { createFleet } from '../../net/fleet/fleet.ts'
import { learnt } from '../../net/fleet/look.ts'
import { until } from '../../net/fleet/machine.ts'
import { duration, median, type Row } from '../report.ts'
import { withDefaultTimers } from './default-timers.ts'
import { forgets } from './forgets.ts'

const deaths = 10
const medianMs = 1000
const neverMs = 2000
const device = 'scwpn.3'

/**
 * How long the others keep sending to a dead host, from its cut until the last of them has no entry
 * for its VM any more; our hosts by their own cut, the incumbent's once, because it takes minutes.
 */
export async function withdrawal(): Promise<readonly Row[]> {
  const times = await ours()
  const rivalMs = await withDefaultTimers()
  const [middle, most] = [median(times), Math.max(...times)]
  const rival = `${duration(rivalMs)} (1 death)`
  return [
    {
      what: `dead host withdrawn, median of ${deaths}`,
      ours: duration(middle),
      rival,
      ratio: rivalMs / middle,
      target: `≤ ${duration(medianMs)}`,
      met: middle <= medianMs,
    },
    {
      what: `dead host withdrawn, longest of ${deaths}`,
      ours: duration(most),
      rival,
      ratio: rivalMs / most,
      target: `≤ ${duration(neverMs)}`,
      met: most <= neverMs,
    },
  ]
}

async function ours(): Promise<number[]> {
  const fleet = await createFleet({ hosts: 4, networks })
  try {
    await fleet.settle()
    await fleet.joined()
    const victim = fleet.host(4)
    const others = fleet.hosts.filter((host) => host !== victim)
    const [nic] = (await run(fleet, 1, victim)).vm.nics
    if (nic === undefined) throw new Error('VM 1 has a NIC')
    const times: number[] = []
    for (let death = 0; death < deaths; death++) {
      await fleet.joined()
      await until('all to know the VM', async () =>
        (await Promise.all(others.map((host) => learnt(host, device, nic.mac)))).every(
          (vtep) => vtep === victim.vtep,
        ),
      )
      const gone = others.map((host) => forgets(host.machine.pid, nic.mac))
      await Promise.all(gone.map(({ listens }) => listens))
      const cut = performance.now()
      await fleet.world.underlay.sh(`ip link set ${victim.name} down`)
      times.push(Math.max(...(await Promise.all(gone.map(({ at }) => at)))) - cut)
      await fleet.world.underlay.sh(`ip link set ${victim.name} up`)
    }
    return times
  } finally {
    await fleet.close()
  }
}
