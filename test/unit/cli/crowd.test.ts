import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setImmediate as soon } from 'node:timers/promises'
import t from 'tap'
import { each, idsIn } from '../../../controller/cli/each.ts'
import { states } from '../../../controller/documents/index.ts'
import { call, type DocumentAnswer, makeProvider } from '../api/calls.ts'
import { compileCache, type Shell, shell } from './support.ts'

// long work, on a machine that may be busy with other tests
t.setTimeout(180_000)

/** So many provisions that run. */
async function running(it: Shell, count: number): Promise<number[]> {
  const request = { driver: 'scaleway', provider_id: await makeProvider(it) }
  const ids: number[] = []
  while (ids.length < count) {
    const { text } = await call(it, 'POST /api/v1/provisions', request)
    const id = Number((JSON.parse(text) as DocumentAnswer).DOCUMENT.ID)
    await it.documents.provisions.update(id, (body) => ({ ...body, state: states.RUNNING }))
    ids.push(id)
  }
  it.asked.length = 0
  return ids
}

t.test('twenty are worked on at a time, and answered in their order', async (t) => {
  const ids = Array.from({ length: 60 }, (_, index) => `${index}`)
  let under = 0
  let most = 0
  const act = async () => {
    under += 1
    most = Math.max(most, under)
    await soon()
    under -= 1
  }
  const done = await each('provision', ids, act, { atOnce: true })
  t.strictSame(idsIn(done), ids)
  t.equal(most, 20)
})

t.test('more than one may follow are followed to their end, twenty by twenty', async (t) => {
  const it = await shell(t)
  const ids = await running(it, 51)
  it.play.undeploy = async (id) => {
    await it.documents.provisions.update(id, (body) => ({ ...body, state: states.DONE }))
    it.events.emit({ provision: id, at: 0, kind: 'state', state: 'DONE' })
  }
  const outcome = await it.edgectl(`provision undeploy ${ids.join(',')}`)
  t.equal(outcome.code, 0)
  const ended = outcome.stderr.trimEnd().split('\n').map(lineOf)
  t.strictSame(ended.toSorted(byNumber), ids)
})

/** The provision that is told to be done; -1 for any other line. */
function lineOf(line: string): number {
  return Number(/^ *(\d+) \[ *\d+ s\] DONE$/.exec(line)?.[1] ?? -1)
}

function byNumber(one: number, other: number): number {
  return one - other
}

t.test('when nobody reads what is said any more, all are begun and followed', async (t) => {
  const it = await shell(t)
  const ids = await running(it, 25)
  const unread = Promise.withResolvers<void>()
  it.play.undeploy = async (id) => {
    if (id !== ids[0]) await unread.promise
    await it.documents.provisions.update(id, (body) => ({ ...body, state: states.DONE }))
    it.events.emit({ provision: id, at: 0, kind: 'state', state: 'DONE' })
  }
  const argv = [it.fileOf('edgectl'), 'provision', 'undeploy', ids.join(',')]
  const child = spawn(process.execPath, argv, {
    env: {
      ...{ HOME: it.home, NODE_COMPILE_CACHE: compileCache, ONEFORM_URL: it.url },
      ...{ ONEFORM_USER: 'oneadmin', ONEFORM_PASSWORD: 'opennebula' },
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr.once('data', () => {
    child.stderr.destroy()
    unread.resolve()
  })
  const [code] = await once(child, 'exit')
  t.equal(code, 0)
  t.equal(it.asked.length, ids.length)
})

t.test('Ctrl-C leaves what was begun going on, and begins nothing more', async (t) => {
  const it = await shell(t)
  const ids = await running(it, 25)
  it.play.undeploy = async (id) => {
    it.events.emit({ provision: id, at: 0, kind: 'state', state: 'DEPROVISIONING_ONE' })
  }
  let pressed = false
  const outcome = await it.edgectl(`provision undeploy ${ids.join(',')}`, {
    onStderr: (text, interrupt) => {
      if (pressed || text.match(/DEPROVISIONING_ONE$/gm)?.length !== 20) return
      pressed = true
      interrupt()
    },
  })
  t.equal(outcome.code, 130)
  t.equal(it.asked.length, 20)
  const lines = outcome.stderr.split('\n')
  for (const id of ids.slice(0, 20))
    t.ok(lines.some((line) => line.startsWith(`provision ${id}: Work on provision ${id} goes on`)))
  for (const id of ids.slice(20)) t.ok(lines.includes(`provision ${id}: Nothing was started`))
})
