import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { createAddressWorks, type Place } from '../../../controller/fleet/address-works.ts'
import { createClock } from '../../../lib/clock/index.ts'

const external = '195.154.0.1'
const on = (server: string, more: Partial<Place> = {}): Place => ({
  ...{ provisionId: 1, external, ip: '100.64.0.2', server },
  ...more,
})

/** Works over a cloud that goes on when told; what is begun, ended and given up is in `log`. */
function stage() {
  const log: string[] = []
  const gates = new Map<string, PromiseWithResolvers<void>>()
  const gate = (server: string) => {
    const made = gates.get(server) ?? Promise.withResolvers<void>()
    gates.set(server, made)
    return made
  }
  const works = createAddressWorks({
    clock: createClock(),
    settle: async ({ server }) => void log.push(`settle ${server}`),
    flexibleIps: {
      async attach({ server }, { signal, accepted } = {}) {
        log.push(`attach ${server}`)
        accepted?.()
        const stopped = Promise.withResolvers<never>()
        signal?.addEventListener('abort', () => stopped.reject(signal.reason))
        try {
          await Promise.race([gate(server).promise, stopped.promise])
          log.push(`attached ${server}`)
          return 'attached'
        } catch (error) {
          // A request under way comes to its end before the next begins.
          await pause(5)
          log.push(`gave up ${server}`)
          throw error
        }
      },
      async detach({ server }) {
        log.push(`detach ${server}`)
      },
    },
  })
  return { log, works, arrive: (server: string) => gate(server).resolve() }
}

t.test('who wants an address where it is being brought joins that work', async (t) => {
  const { log, works, arrive } = stage()
  const first = works.place(on('a'))
  t.equal(first.joined, false)
  t.equal(first.placing.acceptedAt(), undefined)
  await pause(1)
  const second = works.place(on('a'))
  t.equal(second.joined, true)
  t.ok(second.placing.acceptedAt() !== undefined, 'and knows that the cloud is at it')
  t.ok(works.underWay(external))
  arrive('a')
  await Promise.all([first.placing.attached, second.placing.attached])
  t.notOk(works.underWay(external))
  t.strictSame(log, ['settle a', 'attach a', 'attached a'])
  t.equal(works.place(on('a')).joined, false, 'what has ended is begun anew')
})

t.test('of two places the later one gets it, after the earlier has come to its end', async (t) => {
  const { log, works, arrive } = stage()
  const first = works.place(on('a')).placing.attached
  await pause(1)
  const second = works.place(on('b')).placing.attached
  const third = works.place(on('c')).placing.attached
  arrive('c')
  await t.rejects(first, { code: 'EDGE_ELASTIC_CALLED_OFF' })
  await t.rejects(second, { code: 'EDGE_ELASTIC_CALLED_OFF' })
  await third
  t.strictSame(log, ['settle a', 'attach a', 'gave up a', 'settle c', 'attach c', 'attached c'])
})

t.test('what is given up is never joined', async (t) => {
  const { works, arrive } = stage()
  const first = works.place(on('a')).placing.attached
  await pause(1)
  works.retain(({ server }) => server !== 'a')
  const again = works.place(on('a'))
  t.equal(again.joined, false)
  await t.rejects(first, { code: 'EDGE_ELASTIC_CALLED_OFF' })
  arrive('a')
  await again.placing.attached
})

t.test('another pair or provision for the address is other work', async (t) => {
  const { works, arrive } = stage()
  const first = works.place(on('a')).placing.attached
  const other = works.place(on('a', { ip: '100.64.0.8' }))
  t.equal(other.joined, false)
  await t.rejects(first, { code: 'EDGE_ELASTIC_CALLED_OFF' })
  arrive('a')
  await other.placing.attached
})

t.test('a release ends what brings the address there, and nothing else', async (t) => {
  const { log, works, arrive } = stage()
  const first = works.place(on('a')).placing.attached
  await pause(1)
  await Promise.all([works.release(on('a')), t.rejects(first)])
  t.strictSame(log.splice(0), ['settle a', 'attach a', 'gave up a', 'detach a'])

  const second = works.place(on('b')).placing.attached
  await pause(1)
  await works.release(on('a'))
  t.strictSame(log.splice(0), ['settle b', 'attach b'], 'on its way to b it is left alone')
  arrive('b')
  await second

  await Promise.all([works.release(on('b')), works.release(on('b'))])
  t.strictSame(log.splice(0), ['attached b', 'detach b'], 'twice at once is once')
})

t.test('work on one address keeps no other waiting', async (t) => {
  const { works, arrive } = stage()
  const slow = works.place(on('a')).placing.attached
  arrive('b')
  await works.place(on('b', { external: '195.154.0.2' })).placing.attached
  t.ok(works.underWay(external))
  works.close()
  await t.rejects(slow, { code: 'EDGE_ELASTIC_CALLED_OFF' })
})
