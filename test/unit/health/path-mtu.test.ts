import fc from 'fast-check'
import t from 'tap'
import type { Exec } from '../../../agent/exec/index.ts'
import { pathMtu } from '../../../agent/health/path-mtu.ts'
import { ping } from '../../../agent/health/ping.ts'
import { createUnderlay } from '../../../agent/health/underlay.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { hostSpec, privateNetwork } from '../agent-net/specs.ts'
import { execOf, peerA } from './samples.ts'

t.test('the measured MTU', async (t) => {
  await t.test('is the largest that passes, found in a few probes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1280, max: 9216 }),
        fc.integer({ min: 0, max: 9300 }),
        fc.option(fc.integer({ min: 84, max: 9216 })),
        async (promised, limit, known) => {
          let probes = 0
          const mtu = await pathMtu(
            promised,
            known,
            async (bytes) => ++probes > 0 && bytes <= limit,
          )
          const wanted = limit < 84 ? null : Math.min(limit, promised)
          return mtu === wanted && probes <= 18
        },
      ),
    )
  })

  await t.test('is looked for again only when it changed', async (t) => {
    let probes = 0
    const passes = async (bytes: number) => ++probes > 0 && bytes <= 1400
    t.equal(await pathMtu(1500, 1400, passes), 1400)
    t.equal(probes, 4)
  })

  await t.test(
    'is asked for by packets with their header, undivided, on the underlay',
    async (t) => {
      const asked: string[] = []
      const exec = execOf((argv) => {
        asked.push(argv.join(' '))
        return { code: 1 }
      })
      t.equal(await ping(exec, peerA, 1500), false)
      t.match(asked, [/^ping .*-M do -I scwpn .*-s 1472 10\.180\.0\.12$/])
      for (const code of [null, 127]) {
        await t.rejects(
          ping(
            execOf(() => ({ code })),
            peerA,
            1500,
          ),
          { code: 'EDGE_PING_MISSING' },
        )
      }
      t.equal(
        await ping(
          execOf(() => ({ code: null, timedOut: true })),
          peerA,
          1500,
        ),
        false,
      )
    },
  )

  await t.test('comes to every host in turn, four processes at a time', async (t) => {
    const vteps = Array.from({ length: 40 }, (_, index) => `10.180.1.${index}`)
    const many = hostSpec({ networks: [privateNetwork(5, 'red', { vteps })] })
    let [now, most, time] = [0, 0, 0]
    const exec: Exec = {
      ...execOf(() => ({})),
      run: async (argv) => {
        most = Math.max(most, ++now)
        await new Promise((resolve) => setTimeout(resolve, 1))
        now--
        const isSilent = argv.at(-1) === '10.180.1.7'
        return {
          argv,
          code: isSilent ? 1 : 0,
          stdout: '',
          stderr: '',
          timedOut: false,
          elapsedMs: 0,
        }
      },
    }
    const underlay = createUnderlay(exec, { ...createClock(), now: () => ++time })
    const { signal } = new AbortController()
    await underlay.measure(many, 'turn', signal)
    t.equal(underlay.paths().length, 16)
    t.equal(most, 4)
    await underlay.measure(many, 'turn', signal)
    await underlay.measure(many, 'turn', signal)
    t.equal(underlay.paths().length, 40)
    t.same(
      underlay.paths().filter(({ mtu }) => mtu !== 1500),
      [{ peer: '10.180.1.7', mtu: null, at: underlay.paths().find(({ mtu }) => !mtu)?.at }],
    )
    const before = time
    await underlay.measure(many, 'silent', signal)
    t.equal(time, before + 1, 'who did not answer is asked alone')
    await underlay.measure({ ...many, networks: [] }, 'turn', signal)
    t.same(underlay.paths(), [], 'who left is forgotten')
  })
})
