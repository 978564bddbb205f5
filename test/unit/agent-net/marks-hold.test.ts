import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { NetworkStep } from '../../../agent/plan/index.ts'
import { marksHold } from '../../../agent/reconcile/marks-hold.ts'
import { type Round, rounds } from '../../../agent/reconcile/rounds.ts'

const mark = (link: string, to: string): NetworkStep => ({
  ...{ kind: 'mark', namespace: 'fx4', link, mark: to },
  sentence: `mark ${link}`,
})
const flush: NetworkStep = { kind: 'flush', at: 'fx4', address: '195.154.0.1', sentence: 'forget' }

t.test('only marks that stand leave nothing to be verified', async (t) => {
  const devices = await mkdtemp(join(tmpdir(), 'marks-'))
  t.teardown(() => rm(devices, { recursive: true }))
  await mkdir(join(devices, 'fxr4'))
  await writeFile(join(devices, 'fxr4/ifalias'), 'fx:right\n')
  const holds = (...steps: NetworkStep[]) => marksHold(devices, steps)
  t.ok(await holds())
  t.ok(await holds(mark('fxr4', 'fx:right')))
  t.notOk(await holds(mark('fxr4', 'fx:other')), 'another stands there')
  t.notOk(await holds(mark('fxr4', 'fx:right'), mark('fxr5', 'fx:right')), 'a port is gone')
  t.notOk(await holds(mark('fxr4', 'fx:right'), flush), 'more than marks was done')
})

t.test('rounds end with one that is right, steps or not, and never with another', async (t) => {
  const round = (isRight: boolean): Round => ({
    ...{ isRight, steps: [mark('fxr4', 'fx:right')] },
    ...{ frrSteps: [], faults: [], repairs: [] },
  })
  const run = async (...all: Round[]) => {
    const done: Round[] = []
    const { faults } = await rounds(async () => all[done.length] ?? null, done, undefined)
    return { count: done.length, faults }
  }
  t.same(await run(round(true), round(true)), { count: 1, faults: [] })
  t.same(await run(round(false), round(true)), { count: 2, faults: [] })
  t.match(await run(round(false), round(false), round(false)), {
    count: 3,
    faults: ['It does not stay done: mark fxr4'],
  })
})
