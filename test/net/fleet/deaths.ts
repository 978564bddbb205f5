import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Fleet } from './fleet.ts'
import type { Daemon } from './host.ts'
import { floodList, frrSteps } from './look.ts'
import { until } from './machine.ts'
import { loseNothing, type Watched } from './watch.ts'

const device = 'scwpn.3'
const everyDaemon: readonly Daemon[] = ['bgpd', 'bfdd', 'zebra', 'mgmtd']

/** Host 3's agent dies in every way, and then all lose their controller. */
export async function agentDeaths(t: Test, fleet: Fleet, watched: Watched): Promise<void> {
  const host = fleet.host(3)
  await loseNothing(t, watched, 'the agent stops and starts', async () => {
    await host.endAgent('TERM')
    await host.startAgent()
  })
  await loseNothing(t, watched, 'the agent is killed and starts', async () => {
    await host.endAgent('KILL')
    await host.startAgent()
  })
  await loseNothing(t, watched, 'the agent is upgraded', async () => {
    await host.install(await fleet.buildProgram('2.0.0'))
    await host.endAgent('TERM')
    await host.startAgent()
    const speaks = async () => fleet.hub.session(host.server)?.agent === '2.0.0'
    await until('the new agent to log in', speaks)
  })
  await loseNothing(t, watched, 'the controller cannot be reached for a second', async () => {
    fleet.connect(false)
    await pause(1000)
    fleet.connect(true)
    const back = async () => fleet.hosts.every(({ server }) => fleet.hub.session(server)?.connected)
    await until('all agents to be back', back)
  })
}

/** Host 3's FRR dies by parts, and as a whole; each time it starts again from its file. */
export async function frrDeaths(t: Test, fleet: Fleet, watched: Watched): Promise<void> {
  const host = fleet.host(3)
  for (const daemon of ['bgpd', 'zebra'] as const) {
    await loseNothing(t, watched, `${daemon} of a host is killed and starts`, async () => {
      await host.endDaemons('KILL', daemon)
      await host.startDaemons()
      await fleet.joined()
    })
  }
  const before = await floodList(host, device)
  t.equal(before.length, fleet.hosts.length - 1)
  await loseNothing(t, watched, 'FRR of a host stops, and starts much later', async () => {
    await host.endDaemons('TERM', ...everyDaemon)
    await pause(3000)
    t.same(await floodList(host, device), before, 'the flood list is the agent’s own')
    await host.startDaemons()
    await fleet.joined()
  })
  t.same(await frrSteps(fleet, host), [], 'FRR has everything from its file')
}

/** One of the two reflectors loses its FRR, then its power. */
export async function reflectorDeaths(t: Test, fleet: Fleet, watched: Watched): Promise<void> {
  const host = fleet.host(1)
  await loseNothing(t, watched, 'a reflector loses its FRR', async () => {
    await host.endDaemons('KILL', ...everyDaemon)
    await pause(2000)
    await host.startDaemons()
    await fleet.joined()
  })
  await loseNothing(t, watched, 'a reflector loses its power, and gets it back', async () => {
    await host.cut()
    await pause(2000)
    await host.boot()
    await fleet.joined()
  })
}
