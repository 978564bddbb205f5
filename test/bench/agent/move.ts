import { networks, onedVm, run, said } from '../../net/fleet/cast.ts'
import { createFleet } from '../../net/fleet/fleet.ts'
import { type Flow, ping } from '../../net/fleet/flow.ts'
import { liveMove } from '../../net/fleet/live-move.ts'
import { client } from '../../net/fleet/watch.ts'
import { duration, median, type Row } from '../report.ts'

const times = 5
const beyondMs = 150
/** Between two packets of a flow: how finely an outage is seen. */
const everyMs = 5

/**
 * How long a VM that moves is out of reach beyond the time it runs nowhere: by its private address,
 * and by its elastic one with a cloud that delivers to whoever answers ARP.
 */
export async function move(): Promise<readonly Row[]> {
  const fleet = await createFleet({ hosts: 4, networks })
  try {
    await fleet.settle()
    await fleet.joined()
    const peer = await run(fleet, 1, fleet.host(1))
    const mover = await run(fleet, 5, fleet.host(3))
    const [open, inside] = mover.vm.nics
    if (open?.externalIp === undefined || inside?.ip === undefined) throw new Error('VM 5 has two')
    const flows = {
      'private address': await ping(peer.machine, inside.ip, { everyMs }),
      'elastic address': await ping(fleet.world.internet, open.externalIp, {
        everyMs,
        source: client,
      }),
    }
    const seen = new Map<string, number[]>(Object.keys(flows).map((title) => [title, []]))
    for (let time = 0; time < times; time++) {
      const [source, target] = time % 2 === 0 ? [3, 4] : [4, 3]
      const step = await liveMove(fleet, mover, fleet.host(source), fleet.host(target))
      await step.prepare()
      for (const flow of Object.values(flows)) await flow.lap()
      const nowhereMs = await step.switch()
      await step.follow()
      for (const [title, flow] of Object.entries(flows))
        seen.get(title)?.push(await outage(flow, nowhereMs))
      said(fleet, onedVm(5, 'running', target))
    }
    for (const flow of Object.values(flows)) flow.stop()
    return [...seen].map(([title, outages]) => ({
      what: `moved VM out of reach beyond the move, ${title}, median of ${times}`,
      ours: duration(median(outages)),
      target: `≤ ${duration(beyondMs)}`,
      met: median(outages) <= beyondMs,
    }))
  } finally {
    await fleet.close()
  }
}

async function outage(flow: Flow, nowhereMs: number): Promise<number> {
  const { stallMs } = await flow.lap()
  return Math.max(0, stallMs - nowhereMs)
}
