import { setTimeout as pause } from 'node:timers/promises'
import { median, type Row } from '../report.ts'
import { startFrr } from './frr.ts'
import { startAgent } from './packaged-agent.ts'
import { createRig } from './rig.ts'
import { specOf } from './specs.ts'

const memoryTargets = { 10: 75, 500: 120 } as const
const cpuTarget = 1
/** Every namespace was read once by then, a tenth of them every half minute; zebra is done with them, too. */
const settleMs = { 10: 75_000, 500: 400_000 } as const
/** Two resyncs and six reports. */
const windowMs = 60_000
const samples = 30

/** The gateway and the two other hosts answer pings. */
const neighbourhood = `ip netns add outside; ip link set isp netns outside; ip link set lan netns outside
  ip -n outside link set isp up; ip -n outside addr add 51.15.0.1/24 dev isp; ip -n outside link set lan up
  for host in 1 12 13; do ip -n outside addr add 10.180.0.$host/22 dev lan; done`

/** Memory and CPU of the shipped agent when nothing happens, beside a real FRR, reporting. */
export async function rest(): Promise<Row[]> {
  const rig = createRig()
  await rig.sh(neighbourhood)
  await startFrr(rig)
  return [...(await atRest(10)), ...(await atRest(500))]

  async function atRest(networks: keyof typeof memoryTargets): Promise<Row[]> {
    const agent = await startAgent(rig, specOf({ networks }))
    await pause(settleMs[networks])
    const before = await agent.cpuSeconds()
    const memory: number[] = []
    const helpers = (await agent.helpersMemory()) / 1e6
    for (let sample = 0; sample < samples; sample++) {
      await pause(windowMs / samples)
      memory.push((await agent.memory()) / 1e6)
    }
    const cpu = ((await agent.cpuSeconds()) - before) / (windowMs / 1000)
    await agent.stop()
    const target = memoryTargets[networks]
    return [
      {
        what: `memory at rest, ${networks} networks`,
        ours: `${median(memory).toFixed(1)} MB`,
        target: `<= ${target} MB`,
        met: median(memory) <= target,
      },
      {
        what: 'beside it, the programs it keeps running',
        ours: `${helpers.toFixed(1)} MB`,
        met: true,
      },
      {
        what: `CPU at rest, ${networks} networks, programs it starts included`,
        ours: `${(100 * cpu).toFixed(2)} % of a core`,
        target: `<= ${cpuTarget} %`,
        met: 100 * cpu <= cpuTarget,
      },
    ]
  }
}
