import { readFileSync } from 'node:fs'
import { states } from '../../../../controller/documents/index.ts'
import { Fault } from '../../../../lib/fault/index.ts'
import type { Difference } from './differences.ts'
import { type Stage, stage } from './stage.ts'
import { createWorld } from './world.ts'

/** What happened while stock OneForm's calls of oned were recorded, and to which of its provisions. */
export const works: Readonly<Record<string, { id: number; work(it: Stage): Promise<unknown> }>> = {
  'seq-0-providers': { id: 0, work: ({ provider }) => provider() },
  'seq-1-provision-create': { id: 5, work: ({ running }) => running() },
  'seq-2-undeploy-unmanaged': {
    id: 5,
    async work(it) {
      const id = await it.running()
      it.vmWithAddress()
      await post(it, id, 'undeploy', { force: false })
    },
  },
  'seq-3-scale-ips': {
    id: 6,
    async work(it) {
      const id = await it.running()
      await post(it, id, 'add-ip', { amount: 2 })
      await post(it, id, 'remove-ip', { ar_id: 1 })
      for (const direction of ['up', 'down']) await post(it, id, 'scale', { direction, nodes: 1 })
    },
  },
  'seq-4-deprovision': {
    id: 6,
    work: async (it) => post(it, await it.running(), 'undeploy', { force: false }),
  },
  'seq-5-failures-retry-force': {
    id: 7,
    async work(it) {
      it.cloud.failures.set('waitDelivered', new Fault('EDGE_TEST', 'broken', 'no server'))
      const id = await it.running()
      it.cloud.failures.set('clearUserData', new Fault('EDGE_TEST', 'broken', 'no host'))
      await post(it, id, 'retry', { force: false })
      await post(it, id, 'retry', { force: false })
      const { clusters } = it.one
      const remove = clusters.delete
      clusters.delete = async () => {
        clusters.delete = remove
        throw new Fault('EDGE_TEST', 'broken', 'no way')
      }
      await post(it, id, 'undeploy', { force: false })
      await post(it, id, 'undeploy', { force: true })
    },
  },
}

/** States that provisions went through, and objects that were made for them, where they are not the same. */
export async function workDifferences(): Promise<Difference[]> {
  const found: Difference[] = []
  for (const [recording, { id, work }] of Object.entries(works)) {
    const it = stage(createWorld())
    const here: number[] = []
    it.lifecycle.subscribe((event) => {
      if (event.kind === 'state') here.push(states[event.state as keyof typeof states])
    })
    await work(it)
    await it.close()
    const calls = callsIn(recording)
    const then = statesIn(calls, id)
    if (!isTail(then, here)) found.push({ recording, path: 'states', recorded: then, here })
    if (recording !== 'seq-1-provision-create') continue
    const [recorded, made] = [namesIn(calls), objectsOf(it)]
    for (const name of recorded)
      if (!made.includes(name)) found.push({ recording, path: name, recorded: name, here: made })
  }
  return found
}

async function post({ api, lifecycle }: Stage, id: number, verb: string, body: object) {
  await api(`POST /provisions/${id}/${verb}`, body)
  await lifecycle.idle(id)
}

function callsIn(recording: string): string[] {
  const file = new URL(`../../../recorded/oneform/${recording}.txt`, import.meta.url)
  return readFileSync(file, 'utf8').split('\n')
}

/** Each state once for every time it was entered. */
function statesIn(calls: readonly string[], id: number): number[] {
  const update = new RegExp(`^one\\.document\\.update \\['i4:${id}', '<body state=(\\d+) `)
  const written = calls.flatMap((line) => update.exec(line)?.slice(1).map(Number) ?? [])
  return written.filter((state, index) => state !== written[index - 1])
}

/** A recording may begin when the provision had come some way. */
function isTail(recorded: readonly number[], here: readonly number[]): boolean {
  const tail = recorded.length === 0 ? here : here.slice(-recorded.length)
  return JSON.stringify(tail) === JSON.stringify(recorded)
}

const marked = ['provision_id', 'provider_id', 'driver', 'owner']

/** Names and marks of the objects stock OneForm makes; hosts are named by their address. */
function namesIn(calls: readonly string[]): string[] {
  return calls
    .filter((line) => /^one\.(cluster|datastore|vn|host)\.(allocate|update) /.test(line))
    .flatMap((line) => {
      const kind = /^one\.(\w+)/.exec(line)?.[1] ?? ''
      const name = /string:([^'=]+ \(provision_\d+\))'|name = "([^"]+)"/.exec(line)
      const named = name?.[1] ?? name?.[2]
      const marks = marked.filter((mark) => line.includes(`${mark} = `))
      const names = named === undefined ? [] : [withoutNumber(named)]
      return [...names, ...marks].map((what) => `${kind} ${what}`)
    })
}

function objectsOf({ one: { all } }: Stage): string[] {
  const pools = {
    cluster: all.clusters,
    datastore: all.datastores,
    vn: all.networks,
    host: all.hosts,
  }
  return Object.entries(pools).flatMap(([kind, pool]) =>
    [...pool.values()].flatMap(({ name, template }) => [
      `${kind} ${withoutNumber(name)}`,
      ...Object.keys((template['ONEFORM'] ?? {}) as object).map(
        (mark) => `${kind} ${mark.toLowerCase()}`,
      ),
    ]),
  )
}

function withoutNumber(name: string): string {
  return name.replace(/\(provision_\d+\)/, '(provision_#)')
}
