// What the controller promises about time, measured for a test and for a benchmark alike.
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import { dist } from '../whole/dist.ts'
import { createSite } from './site.ts'

/** From its start to its first answer. */
export const startsWithinMs = 2_000
/** For the three requests with which the stock elastic driver begins, one after the other. */
export const answersWithinMs = 1_000

const program = dist('controller/edgectld.mjs')
const perTick = 1_000 / 100

export interface Started {
  readonly elapsedMs: number
  /** What processors worked for it, however many others wanted them. */
  readonly workedMs: number
}

/** Starts the built controller over five providers some times, and measures each. */
export async function measureStarts(t: Pick<Test, 'teardown'>, times: number): Promise<Started[]> {
  const site = await createSite(t, { program })
  const first = await site.ready({})
  for (let n = 0; n < 5; n++)
    await site.post('/providers', { driver: 'scaleway', connection_values: site.connection })
  first.kill('SIGTERM')
  await first.ended
  const found: Started[] = []
  for (let n = 0; n < times; n++) {
    const began = performance.now()
    const controller = await site.start({})
    while ((await site.ask('/providers').catch(() => undefined))?.status !== 200) {
      if (performance.now() - began > 60_000) throw new Error(controller.said())
      await pause(10)
    }
    const elapsedMs = performance.now() - began
    found.push({ elapsedMs, workedMs: await workedBy(controller.pid) })
    await site.said(controller, /"msg":"ready"/)
    controller.kill('SIGTERM')
    await controller.ended
  }
  return found
}

async function workedBy(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * perTick
}

export interface Answered {
  readonly elapsedMs: number
  readonly statuses: readonly number[]
  readonly bodies: readonly unknown[]
}

export interface Hanging {
  readonly provider: number
  readonly provision: number
  readonly secret: string
  /** The three requests, while oned takes requests and answers none. */
  ask(): Promise<Answered>
  /** Another controller in its place, which oned answers until it has started. */
  startAgain(): Promise<void>
}

/** A controller with a provider and a provision, and an oned that can be made to hang. */
export async function createHanging(t: Pick<Test, 'teardown'>): Promise<Hanging> {
  let hangs = false
  const never = new Promise<'pass'>(() => undefined)
  const pass = () => (hangs ? never : ('pass' as const))
  const site = await createSite(t, { program, door: { enter: pass, leave: pass } })
  let controller = await site.ready({})
  const values = { driver: 'scaleway', connection_values: site.connection }
  const provider = Number(await site.post('/providers', values))
  await site.hangCreates()
  const wanted = { driver: 'scaleway', provider_id: provider }
  const provision = Number(await site.post('/provisions', wanted))
  return {
    ...{ provider, provision, secret: site.connection.secret_key },
    async ask() {
      hangs = true
      const [statuses, bodies]: [number[], unknown[]] = [[], []]
      const began = performance.now()
      for (const path of [
        `/provisions/${provision}`,
        `/providers/${provider}?include_sensitive=true`,
        `/providers/${provider}/path`,
      ]) {
        const answer = await site.ask(path)
        statuses.push(answer.status)
        bodies.push(await answer.json())
      }
      const elapsedMs = performance.now() - began
      return { elapsedMs, statuses, bodies }
    },
    async startAgain() {
      controller.kill('SIGKILL')
      await controller.ended
      hangs = false
      controller = await site.ready({})
    },
  }
}
