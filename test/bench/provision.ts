// npm run bench:provision: how long a provision takes beside what the cloud itself takes, for 1, 10 and 50
// hosts (50 as five provisions of ten at once, the most that one may have), each size in a cloud of its own,
// all at once, with light hosts. The critical path is what the simulated cloud computes of its own log:
// orders of one offer one after the other, then each server's changes of state. Also how many requests, and
// whether ten in flight and fifty a second are kept. Exit 1 when a target is missed. SCALE: real seconds per
// second of the cloud; below 1 it is quicker, and what this machine takes for SSH and XML counts for more.
import { setTimeout as pause } from 'node:timers/promises'
import { provisionsIn } from '../chaos/provision/documents.ts'
import { createProvider, createProvision } from '../chaos/world/client.ts'
import { createWorld, type World } from '../chaos/world/world.ts'
import { type Row, tableText } from './report.ts'

const scale = Number(process.env['SCALE'] ?? 1)
const sizes = (process.env['HOSTS'] ?? '1,10,50').split(',').map(Number)
const mostHosts = 10
const ratioLimit = 1.05
const inFlightLimit = 10
/** Per second, after a burst of as many. */
const rateLimit = 100

const rows = (await Promise.all(sizes.map(measured))).flat()
console.log(tableText(rows))
process.exitCode = rows.every(({ met }) => met) ? 0 : 1

async function measured(hosts: number): Promise<Row[]> {
  const world = await createWorld({
    timeScale: scale,
    simulator: { latency: true, quotas: { EM_A116X_SSD: hosts + 10 } },
  })
  try {
    await world.controller.up()
    const provider = await createProvider(world)
    const asked = world.cloud.requests().length
    const begun = world.cloud.clock.now()
    const parts = partsOf(hosts)
    for (const part of parts) await createProvision(world, provider, { hosts: part, publicIps: 0 })
    await allRun(world, parts.length)
    const wallMs = world.cloud.clock.now() - begun
    return rowsOf(world, { hosts, wallMs, asked, provisions: parts.length })
  } finally {
    await world.close()
  }
}

interface Measure {
  readonly hosts: number
  readonly wallMs: number
  /** Requests before. */
  readonly asked: number
  readonly provisions: number
}

function rowsOf({ cloud }: World, { hosts, wallMs, asked, provisions }: Measure): Row[] {
  const pathMs = cloud.criticalPathMs()
  const requests = cloud.requests().slice(asked)
  const inFlight = Math.max(...requests.map((request) => request.inFlight))
  const rate = fastest(requests.map(({ at }) => Date.parse(at) / scale))
  const who = `${hosts} host${hosts > 1 ? 's' : ''}`
  return [
    {
      what: `${who}, from asking to RUNNING`,
      ours: `${seconds(wallMs)}, ${(wallMs / pathMs).toFixed(3)} x the cloud's own ${seconds(pathMs)}`,
      target: `<= ${ratioLimit} x`,
      met: wallMs <= ratioLimit * pathMs,
    },
    {
      what: `${who}, requests per provision`,
      ours: String(Math.round(requests.length / provisions)),
      met: true,
    },
    {
      what: `${who}, requests in flight`,
      ours: String(inFlight),
      target: `<= ${inFlightLimit}`,
      met: inFlight <= inFlightLimit,
    },
    {
      what: `${who}, requests in one second`,
      ours: String(rate),
      target: `<= ${rateLimit}`,
      met: rate <= rateLimit,
    },
  ]
}

/** The most within any second of the cloud's time. */
function fastest(timesMs: readonly number[]): number {
  const sorted = timesMs.toSorted((a, b) => a - b)
  let first = 0
  return sorted.reduce((most, time, index) => {
    while ((sorted[first] ?? time) < time - 1000) first++
    return Math.max(most, index - first + 1)
  }, 0)
}

function partsOf(hosts: number): number[] {
  const parts: number[] = []
  for (let left = hosts; left > 0; left -= mostHosts) parts.push(Math.min(left, mostHosts))
  return parts
}

async function allRun(world: World, count: number): Promise<void> {
  while (true) {
    const states = provisionsIn(world).map(({ state }) => state)
    const failed = states.find((state) => state.endsWith('_FAILURE'))
    if (failed) throw new Error(`${failed}\n${await world.controller.tail(10)}`)
    if (states.filter((state) => state === 'RUNNING').length === count) return
    await pause(10)
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0)} s`
}
