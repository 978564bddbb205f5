import fc from 'fast-check'
import t from 'tap'
import { createClock } from '../../../lib/clock/index.ts'
import {
  allPages,
  carries,
  cloudFault,
  ensure,
  tagsFor,
  tagValue,
  wantedTags,
} from '../../../lib/scaleway/index.ts'

const clock = createClock({ scale: 0 })
const identity = { cloud: 'c-1', provision: 'p-1', provisionId: 7, userTags: { team: 'edge' } }
const lost = () => cloudFault('EDGE_CLOUD_ANSWER_LOST', 'No answer')

t.test('tags say whose an object is, and users’ tags cannot pretend otherwise', async (t) => {
  const tags = tagsFor(
    { ...identity, userTags: { team: 'edge', provision: 'x' } },
    'server',
    'host-0',
  )
  t.ok(carries(tags, wantedTags(identity, 'server', 'host-0')))
  t.notOk(carries(tags, wantedTags(identity, 'server', 'host-1')))
  t.notOk(
    carries(tags, wantedTags({ ...identity, cloud: 'c-2' })),
    'provision ids repeat between clouds',
  )
  t.equal(tagValue(tags, 'provision'), 'p-1')
  t.equal(tagValue(tags, 'team'), 'edge')
  t.throws(() => carries(tags, []), TypeError, 'an empty set would match everything')
})

t.test('ensure creates once, adopts one, and names several instead of guessing', async (t) => {
  const store: { id: string }[] = []
  const wanted = {
    what: 'vpc of provision 7',
    find: async () => [...store],
    create: async () => {
      const made = { id: `v${store.length}` }
      store.push(made)
      return made
    },
    clock,
  }
  t.equal((await ensure(wanted)).id, 'v0')
  t.equal((await ensure(wanted)).id, 'v0')
  store.push({ id: 'v9' })
  await t.rejects(ensure(wanted), { code: 'EDGE_CLOUD_AMBIGUOUS', details: { object: 'v0, v9' } })
})

t.test('a lost answer never makes a second object, however late the first one shows', (t) =>
  fc
    .assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('done', 'lost', 'refused'), { maxLength: 3 }),
        fc.integer({ min: 0, max: 14 }),
        async (fates, lag) => {
          const store: { id: number; shownAfter: number }[] = []
          let looks = 0
          const made = await ensure({
            what: 'server',
            clock,
            find: async () => {
              looks++
              return store.filter(({ shownAfter }) => looks > shownAfter)
            },
            create: async () => {
              const fate = fates.shift() ?? 'done'
              if (fate === 'refused') throw lost()
              const object = { id: store.length, shownAfter: looks + lag }
              store.push(object)
              if (fate === 'lost') throw lost()
              return object
            },
          }).catch(() => undefined)
          return store.length <= 1 && (made === undefined || made.id === 0)
        },
      ),
    )
    .then(() => t.end()),
)

t.test('what the cloud refuses for good is not tried twice', async (t) => {
  let creates = 0
  const refused = ensure({
    what: 'server',
    clock,
    find: async () => [],
    create: async () => {
      creates++
      throw cloudFault('EDGE_CLOUD_QUOTA', 'No more')
    },
  })
  await t.rejects(refused, { code: 'EDGE_CLOUD_QUOTA' })
  t.equal(creates, 1)
})

t.test(
  'all pages are read one after the other, and again when the set changed meanwhile',
  async (t) => {
    let all = Array.from({ length: 250 }, (_, id) => ({ id }))
    let calls = 0
    const list = async ({ page, pageSize }: { page: number; pageSize: number }) => {
      calls++
      const items = all.slice((page - 1) * pageSize, page * pageSize)
      const totalCount = all.length
      if (calls === 1) all = all.slice(1)
      return { totalCount, items }
    }
    const seen = await allPages(list, {})
    t.same(seen, all, 'the object that slipped to an earlier page is there')
    t.equal(calls, 5)
  },
)

t.test('a list that never holds still is a fault, not a part of the truth', async (t) => {
  let total = 300
  const list = async () => ({ totalCount: ++total, items: [{ id: total }] })
  await t.rejects(allPages(list, {}), { code: 'EDGE_CLOUD_BUSY' })
})
