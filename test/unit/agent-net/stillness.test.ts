import t from 'tap'
import type { Exec } from '../../../agent/exec/index.ts'
import { wantedOf } from '../../../agent/plan/index.ts'
import { createStillness } from '../../../agent/reconcile/stillness.ts'
import { createModel } from './model.ts'
import { stacksAsked } from './programs.ts'
import { hostSpec, privateNetwork } from './specs.ts'

const spec = hostSpec()
const wanted = wantedOf(spec, createModel().observed())

/** A host that looks like `seen` says, all else the same; and what is known of it. */
function hostLike(seen: Record<string, string> = {}, shown: string[][] = []) {
  const exec: Exec = {
    run: async (argv) => {
      const names = stacksAsked(argv)?.names ?? []
      shown.push(names)
      const told = names.map((name) => `\x01${name}\0${seen[name] ?? 'as it was'}`).join('')
      return { argv, code: 0, stdout: told, stderr: '', timedOut: false, elapsedMs: 0 }
    },
    follow: () => Promise.reject(new Error('nothing is followed here')),
  }
  const stillness = createStillness()
  const isStill = (controllers: readonly string[] = []) =>
    stillness.isStill(exec, spec, controllers)
  const look = (isWhole = true) => {
    stillness.begin(spec)
    stillness.read(spec, wanted, isWhole)
  }
  /** A look after a glance, with which nothing was to be done. */
  const settle = async (controllers: readonly string[] = []) => {
    stillness.read(spec, wanted, true)
    await isStill(controllers)
    look()
    stillness.settle()
  }
  return { exec, stillness, isStill, look, settle }
}

t.test(
  'a host is still once nothing was to be done with it, until something changes',
  async (t) => {
    const seen: Record<string, string> = {}
    const { isStill, settle } = hostLike(seen)
    t.notOk(await isStill(), 'it was never read')
    await settle()
    t.ok(await isStill())
    for (const name of [':links', ':settings', 'fx4', 'fx5']) {
      seen[name] = 'otherwise'
      t.notOk(await isStill(), name)
      delete seen[name]
      t.ok(await isStill(), 'and back')
    }
  },
)

t.test('what was to be done after a look is not forgotten by a glance', async (t) => {
  const { isStill, look } = hostLike()
  look()
  t.notOk(await isStill())
  look()
  t.notOk(await isStill(), 'nobody said that nothing was to be done')
})

t.test('namespaces that were never read keep the whole from being trusted', async (t) => {
  const { stillness, isStill, look } = hostLike()
  for (let count = 0; count < 3; count++) {
    t.notOk(await isStill())
    look(false)
    stillness.settle()
  }
})

t.test('another spec, or another controller, is looked at', async (t) => {
  const { exec, stillness, isStill, settle } = hostLike()
  await settle(['192.0.2.1'])
  t.ok(await isStill(['192.0.2.1']))
  t.notOk(await isStill(['192.0.2.2']), 'the firewall keeps him in')
  t.notOk(await stillness.isStill(exec, { ...spec, generation: 2 }, ['192.0.2.1']))
  t.notOk(
    await stillness.isStill(exec, { ...spec, hostname: 'h9' }, ['192.0.2.1']),
    'by what it says',
  )
})

t.test(
  'many namespaces are glanced at in turn, and all once the kernel tells of a change',
  async (t) => {
    const many = hostSpec({
      networks: Array.from({ length: 130 }, (_, at) => privateNetwork(10 + at, `n${at}`)),
      publicNetworks: [],
    })
    const seen: Record<string, string> = {}
    const shown: string[][] = []
    const { stillness, exec } = hostLike(seen, shown)
    const isStill = () => stillness.isStill(exec, many, [])
    const settle = async () => {
      stillness.read(many, wantedOf(many, createModel().observed()), true)
      await isStill()
      stillness.begin(many)
      stillness.settle()
    }
    const count = () => (shown.pop() ?? []).length
    await settle()
    t.equal(count(), 137, 'the seven parts of the host and all of them')
    const names = new Set<string>()
    for (let count = 0; count < 6; count++) {
      t.ok(await isStill())
      const few = shown.pop() ?? []
      t.equal(few.length, 52)
      t.ok(few.includes(':settings'), 'of which nobody would tell')
      for (const name of few) names.add(name)
    }
    t.equal(names.size, 137, 'after six times all were seen')
    seen['fx139'] = 'bent'
    stillness.heard()
    t.notOk(await isStill())
    t.equal(count(), 137)
    t.equal(stillness.begin(many)?.size, 130, 'which serves the look')
    delete seen['fx139']
    t.ok(await isStill())
    seen['fx139'] = 'bent'
    let turns = 1
    while (turns < 4 && (await isStill())) turns++
    t.ok(turns < 4, 'what nobody told of is found when its turn comes')
    t.equal(stillness.begin(many), null, 'for the look that is not enough')
    shown.length = 0
    t.notOk(await isStill(), 'that look came to nothing')
    t.equal(count(), 137, 'so it is not left to its turn')
  },
)

t.test('what cannot be glanced at is looked at', async (t) => {
  const seen: Record<string, string> = {}
  const { isStill, settle } = hostLike(seen)
  await settle()
  for (const name of [':rules', 'fx5']) {
    seen[name] = ''
    t.notOk(await isStill(), `nothing comes from ${name}`)
    delete seen[name]
  }
})

t.test('now and then it is read all the same', async (t) => {
  const { isStill, settle } = hostLike()
  await settle()
  let glances = 0
  while (await isStill()) glances++
  t.equal(glances, 20)
  await settle()
  t.ok(await isStill())
})

t.test('a glance speaks for the look that follows it, and for no other', async (t) => {
  const seen = { fx5: 'bent' }
  const { stillness, isStill, look, settle } = hostLike(seen)
  look()
  t.notOk(await isStill(), 'something is bent, and the look gives way to another spec')
  t.equal(stillness.begin(null), null)
  stillness.read(spec, wanted, true)
  stillness.settle()
  t.notOk(await isStill(), 'what was bent is not what was right')
  t.equal(
    stillness.begin(spec)?.size,
    wanted.routers.length,
    'what was glanced at need not be twice',
  )
  t.equal(stillness.begin(spec), null, 'but once')
  await settle()
  t.ok(await isStill())
})
