// The built controller: how soon it is there, and what it answers OpenNebula's drivers while oned hangs.
import t from 'tap'
import { answersWithinMs, createHanging, measureStarts, startsWithinMs } from './soon.ts'

/** A busy machine makes things slower, and nothing faster. */
const tries = 3
/** `npm run bench:controller` is stricter, alone on a machine. */
const patienceMs = 30_000

t.test('the controller needs two seconds to start, with what it looks after', async (t) => {
  const starts = await measureStarts(t, tries)
  const elapsed = Math.round(Math.min(...starts.map(({ elapsedMs }) => elapsedMs)))
  const worked = Math.min(...starts.map(({ workedMs }) => workedMs))
  t.comment(`${elapsed} ms from its start to its first answer, ${worked} ms of work`)
  t.ok(worked <= startsWithinMs, `${worked} ms of work`)
  t.ok(elapsed <= patienceMs, `${elapsed} ms`)
})

t.test('while oned takes requests and answers none, its elastic driver is answered', async (t) => {
  const it = await createHanging(t)
  const judge = async (what: string) => {
    const times: number[] = []
    while (times.length < tries && !times.some((ms) => ms <= answersWithinMs)) {
      const { elapsedMs, statuses, bodies } = await it.ask()
      times.push(elapsedMs)
      t.strictSame(statuses, [200, 200, 200], what)
      const [provision, provider, path] = bodies
      t.match(provision, { DOCUMENT: { ID: String(it.provision), TYPE: '104' } })
      const body = {
        connection: { secret_key: it.secret },
        provision_ids: [it.provision],
      }
      t.match(provider, {
        DOCUMENT: { ID: String(it.provider), TEMPLATE: { PROVIDER_BODY: body } },
      })
      t.match(path, { path: /./ })
    }
    const best = Math.round(Math.min(...times))
    t.comment(`${what}: ${best} ms`)
    t.ok(best <= answersWithinMs, `${what}: ${best} ms`)
  }
  await judge('asked for the first time')
  await judge('asked again')
  await it.startAgain()
  await judge('right after a start')
})
