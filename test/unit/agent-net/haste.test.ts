import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Exec } from '../../../agent/exec/index.ts'
import { plan } from '../../../agent/plan/index.ts'
import { createHaste } from '../../../agent/reconcile/haste.ts'
import { createModel } from './model.ts'
import { answerOf, stacksChanged } from './programs.ts'
import { elasticOf, hostSpec, vmPort } from './specs.ts'

type End = number | 'last fails'

/** A host with an elastic address in haste to lose it; its program ends like this. */
async function losing(t: Test, end: End, devices?: string) {
  const spec = hostSpec({ ports: [vmPort(1, 4, '100.64.0.3')], elastics: [elasticOf(1, 1)] })
  const model = createModel()
  for (let round = 0; round < 3; round++) {
    const { ground, network } = plan(spec, model.observed())
    model.apply([...ground, ...network])
    if (round === 0) model.plug('one-1-0', 'onebr4')
  }
  const directory = devices ?? (await mkdtemp(join(tmpdir(), 'devices-')))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  if (devices === undefined) await mkdir(join(directory, 'fxr4'))
  const alias = () => readFile(join(directory, 'fxr4/ifalias'), 'utf8').catch(() => '')
  const ran: { program: string; alias: string }[] = []
  const run: Exec['run'] = async (argv, { input = '' } = {}) => {
    const program = argv.join(' ')
    ran.push({ program, alias: await alias() })
    const code = end === 'last fails' ? 0 : end
    const whole = answerOf(stacksChanged(argv, input) ?? [])
    const stdout = end === 'last fails' ? whole.stdout.replace(/0$/, '1') : whole.stdout
    const answer = code === 0 ? { ...whole, stdout } : { stdout: '', stderr: 'no' }
    return { argv, ...answer, timedOut: false, elapsedMs: 0, code }
  }
  const haste = createHaste({ run, follow: (argv) => run(argv) }, directory)
  const observed = model.observed()
  haste.remember(spec, observed)
  const steps = await haste.plan({ ...spec, generation: 2, elastics: [] })
  const hurry = haste.carryOut(steps)
  return { hurry, ran, alias }
}

t.test('the mark is taken back before anything changes, and says when all is done', async (t) => {
  const { hurry, ran, alias } = await losing(t, 0)
  await hurry
  t.same(
    ran.map(({ alias }) => alias),
    ['fx:changing:195.154.0.1\n'],
    'by one program',
  )
  t.equal(await alias(), 'fx:changing\n')
})

t.test('connections that could not be forgotten stay in the mark, for the look', async (t) => {
  const { hurry, alias } = await losing(t, 'last fails')
  await hurry
  t.equal(await alias(), 'fx:changing:195.154.0.1\n')
})

t.test('what failed on its way, announcing as well, stays in the mark', async (t) => {
  const { hurry, alias } = await losing(t, 1)
  await hurry
  t.equal(await alias(), 'fx:changing:195.154.0.1\n')
})

t.test('who cannot take back a mark does not hurry', async (t) => {
  const { hurry, ran } = await losing(t, 0, '/nonexistent')
  await t.rejects(hurry, /ENOENT/)
  t.same(ran, [])
})
