import t from 'tap'
import { states } from '../../../controller/documents/index.ts'
import { makeProvision } from '../api/calls.ts'
import { type Shell, shell } from './support.ts'
import { noTerminal, type } from './typing.ts'

// short processes, on a machine that may be busy with other tests
t.setTimeout(180_000)

/** A loop as somebody types it; what comes after it is told. */
const loop = (ids: readonly number[], words: string) =>
  `exec bash -c 'for id in ${ids.join(' ')}; do "$NODE" "$MAIN" provision ${words}; done; echo went on'`

async function running(it: Shell): Promise<number> {
  const id = await makeProvision(it)
  await it.documents.provisions.update(id, (body) => ({ ...body, state: states.RUNNING }))
  it.asked.length = 0
  return id
}

t.test('in a loop of a shell', { skip: noTerminal }, async (t) => {
  t.test('Ctrl-C ends the loop, and the work that was begun goes on', async (t) => {
    const it = await shell(t)
    const ids = [await running(it), await running(it), await running(it)]
    it.play.undeploy = async (id) => {
      it.events.emit({ provision: id, at: 0, kind: 'state', state: 'DEPROVISIONING' })
    }
    let screen = ''
    const outcome = await type(it, '', [], {
      line: loop(ids, 'undeploy $id --yes'),
      onScreen: (all) => {
        screen = all
      },
      interrupt: () => screen.includes('DEPROVISIONING'),
    })
    t.equal(outcome.code, 130)
    t.match(outcome.screen, `Work on provision ${ids[0]} goes on; follow it with: edgectl`)
    t.notMatch(outcome.screen, 'went on')
    t.strictSame(it.asked, [`undeploy ${ids[0]}`])
    const { raw } = outcome
    t.match(raw, '\x1b[?25l')
    t.ok(raw.lastIndexOf('\x1b[?25h') > raw.lastIndexOf('\x1b[?25l'), 'the cursor shows again')
  })

  t.test('any other end goes on with the next', async (t) => {
    const it = await shell(t)
    const ids = [await running(it), await running(it)]
    const { code, screen } = await type(it, '', [], { line: loop(ids, 'show 4711') })
    t.equal(code, 0)
    t.match(screen, /(Error getting document 4711\s+){2}went on/)
  })
})
