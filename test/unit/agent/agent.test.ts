import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createLoop, type LoopOptions } from '../../../agent/loop.ts'
import { createGuard } from '../../../agent/probation/index.ts'
import { openState, readConfig } from '../../../agent/state/index.ts'
import { askStatus, type Status, serveStatus } from '../../../agent/status.ts'
import { statusText } from '../../../agent/status-text.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { Applied, HostSpec } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { reportOf } from '../health/reports.ts'

function spec(generation: number): HostSpec {
  return {
    version: 1,
    epoch: 1,
    generation,
    server: 's',
    hostname: 'em-1',
    public: { address: '51.15.0.11', neighbour: 'none' },
    underlay: {
      medium: { kind: 'link', device: 'scwpn' },
      address: '10.180.0.11/22',
      gateway: null,
      mtu: 1500,
    },
    bgp: {
      asn: 65000,
      role: 'mesh',
      clusterId: null,
      neighbours: [{ address: '10.180.0.12', role: 'mesh' }],
      password: null,
    },
    networks: [],
    publicNetworks: [{ id: 4, name: 'public', bridge: 'onebr4', mtu: 1450 }],
    elastics: [
      {
        external: '195.154.0.1',
        address: '100.64.0.1',
        gateway: '100.64.0.0',
        network: 4,
        port: 'one-7-0',
      },
      {
        external: '195.154.0.2',
        address: '100.64.0.3',
        gateway: '100.64.0.2',
        network: 4,
        port: 'one-8-0',
      },
    ],
    ports: [],
    firewall: { management: [] },
    pools: { links: '100.96.0.0/11', elastic: '100.64.0.0/16' },
  }
}

async function scratch(t: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'agent-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  return directory
}

t.test('the loop', async (t) => {
  const start = (t: Test, reconcile: LoopOptions['network']['reconcile'], scale = 0.01) => {
    const outcomes: Omit<Applied, 'type'>[] = []
    const kept: number[] = []
    const loop = createLoop({
      network: { reconcile },
      clock: createClock({ scale }),
      logger: silent,
      onOutcome: (outcome) => outcomes.push(outcome),
      guard: {
        choose: async (wanted) => wanted,
        applied: async ({ generation }) => void kept.push(generation),
        refusal: () => null,
        faults: () => [],
        nextMs: null,
      },
    })
    t.teardown(() => loop.stop())
    return { loop, outcomes, kept }
  }
  const step = { kind: 'frr', sentence: 'a step' } as const

  await t.test('makes a new spec true at once and says so once', async (t) => {
    const rounds: number[] = []
    const { loop, outcomes, kept } = start(
      t,
      async ({ generation }) => {
        rounds.push(generation)
        return {
          ok: true,
          steps: rounds.length === 1 ? [step] : [],
          repairs: [],
          faults: [],
          carriedOut: true,
          overtaken: false,
        }
      },
      1,
    )
    loop.want(spec(1))
    await loop.round()
    await loop.round()
    t.same(outcomes, [{ epoch: 1, generation: 1, ok: true, steps: 1, faults: [] }])
    t.equal(loop.state.repairs, 0)
    t.equal(kept[0], 1)
  })

  await t.test('looks again by itself, and counts what it had to repair', async (t) => {
    const { loop, outcomes } = start(
      t,
      async () => ({
        ok: true,
        steps: [step],
        repairs: ['flood scwpn.105 to 10.180.0.12'],
        faults: [],
        carriedOut: true,
        overtaken: false,
      }),
      0.001,
    )
    loop.want(spec(1))
    await delay(150)
    t.ok(loop.state.repairs >= 2)
    t.equal(outcomes.length, 1)
    t.match(loop.state.lastRepairs[0], { at: Number, sentence: /^flood scwpn.105/ })
    t.ok((loop.state.roundMs ?? -1) >= 0)
  })

  await t.test(
    'remembers the last twenty repairs, and no more of a sentence than fits',
    async (t) => {
      let round = 0
      const { loop } = start(t, async () => {
        const repairs = Array.from(
          { length: 15 },
          (_, step) => `${round}/${step} ${'x'.repeat(999)}`,
        )
        round++
        return { ok: true, steps: [], repairs, faults: [], carriedOut: true, overtaken: false }
      })
      loop.want(spec(1))
      await loop.round()
      await loop.round()
      const { repairs, lastRepairs } = loop.state
      t.ok(repairs >= 30)
      t.equal(lastRepairs.length, 20)
      t.match(lastRepairs.at(-1)?.sentence, /^\d\/14 x/)
      t.ok(lastRepairs.every(({ sentence }) => sentence.length === 300))
    },
  )

  await t.test('looks again soon after a change, and only then', async (t) => {
    let rounds = 0
    const { loop } = start(
      t,
      async () => ({
        ok: true,
        steps: ++rounds === 1 ? [step] : [],
        repairs: [],
        faults: [],
        carriedOut: true,
        overtaken: false,
      }),
      0.02,
    )
    loop.want(spec(1))
    await loop.round()
    await delay(200)
    t.equal(rounds, 2)
  })

  await t.test('goes on when the specification cannot be kept', async (t) => {
    const outcomes: boolean[] = []
    const loop = createLoop({
      network: {
        reconcile: async () => ({
          ok: true,
          steps: [],
          repairs: [],
          faults: [],
          carriedOut: true,

          overtaken: false,
        }),
      },
      clock: createClock(),
      logger: silent,
      onOutcome: ({ ok }) => outcomes.push(ok),
      guard: createGuard({
        clock: createClock(),
        logger: silent,
        state: {
          lastGood: () => null,
          keepGood: async () => {
            throw new Error('ENOSPC: no space left on device')
          },
          refusal: () => null,
          keepRefusal: async () => undefined,
        },
        controller: { connected: () => true, heardMs: () => 0 },
        gateway: { find: async () => null, reach: async () => 'silent' },
      }),
    })
    t.teardown(() => loop.stop())
    loop.want(spec(1))
    await loop.round()
    t.same(outcomes, [true])
  })

  await t.test('looks once for a burst of kernel changes', async (t) => {
    let rounds = 0
    const { loop } = start(
      t,
      async () => {
        rounds++
        return { ok: true, steps: [], repairs: [], faults: [], carriedOut: true, overtaken: false }
      },
      0.2,
    )
    loop.want(spec(1))
    await loop.round()
    const before = rounds
    for (let event = 0; event < 50; event++) loop.wake()
    await delay(150)
    t.equal(rounds, before + 1)
  })

  await t.test('tells faults, and when they are gone', async (t) => {
    let faults = ['the bridge cannot be made']
    const { loop, outcomes } = start(
      t,
      async () => ({
        ok: faults.length === 0,
        steps: [],
        repairs: [],
        faults,
        carriedOut: true,
        overtaken: false,
      }),
      1,
    )
    loop.want(spec(1))
    await loop.round()
    faults = []
    await loop.round()
    t.same(
      outcomes.map(({ ok }) => ok),
      [false, true],
    )
  })

  await t.test('lets a newer spec overtake, but never two in a row', async (t) => {
    const begun: number[] = []
    const { loop, outcomes } = start(
      t,
      async ({ generation }, giveWay) => {
        begun.push(generation)
        // As long as nobody overtakes, verifying takes a while.
        for (let left = 20; left > 0 && !giveWay?.aborted; left--) await delay(5)
        const overtaken = giveWay?.aborted === true
        return { ok: true, steps: [step], repairs: [], faults: [], carriedOut: true, overtaken }
      },
      1,
    )
    const running = async (generation: number) => {
      while (begun.at(-1) !== generation) await delay(1)
    }
    loop.want(spec(1))
    for (const next of [2, 3]) {
      await running(next - 1)
      loop.want(spec(next))
    }
    await running(3)
    await loop.round()
    t.same(
      [...new Set(outcomes.map(({ generation }) => generation))],
      [2, 3],
      'nobody is told of the first, which was not seen to hold',
    )
  })

  await t.test('trusts no specification that was never carried out', async (t) => {
    let readable = false
    const { loop, outcomes, kept } = start(
      t,
      async () => ({
        ...{ ok: readable, steps: [], repairs: [], faults: readable ? [] : ['nft hangs'] },
        ...{ carriedOut: readable, overtaken: false },
      }),
      1,
    )
    loop.want(spec(1))
    await loop.round()
    t.same(kept, [])
    t.match(outcomes, [{ ok: false, faults: ['nft hangs'] }], 'but says what happened')
    readable = true
    await loop.round()
    t.same(kept, [1])
  })

  await t.test('survives a round that throws', async (t) => {
    let broken = true
    const { loop, outcomes } = start(
      t,
      async () => {
        if (broken) throw new Error('out of memory')
        return { ok: true, steps: [], repairs: [], faults: [], carriedOut: true, overtaken: false }
      },
      1,
    )
    loop.want(spec(1))
    await loop.round()
    broken = false
    await loop.round()
    t.match(outcomes, [{ ok: true }])
  })
})

t.test('the last good spec outlives the agent; a damaged one counts as none', async (t) => {
  const directory = await scratch(t)
  const open = () => openState({ directory, tokenFile: join(directory, 'token') }, silent)
  const first = await open()
  t.equal(first.lastGood(), null)
  await first.keepGood(spec(4))
  const second = await open()
  t.same(second.lastGood(), spec(4))
  t.equal(second.key.publicKey, first.key.publicKey)
  await writeFile(join(directory, 'last-good.json'), '{"version":')
  t.equal((await open()).lastGood(), null)
})

t.test('the configuration has defaults and names what is wrong in it', async (t) => {
  const directory = await scratch(t)
  const file = join(directory, 'config.json')
  await t.rejects(readConfig(file), { code: 'EDGE_AGENT_CONFIG' })
  await writeFile(file, '{"server":"s"}')
  t.match(await readConfig(file), { server: 's', socket: '/run/edge-agent/hub.sock' })
  await writeFile(file, '{"server":"s","socket":"relative"}')
  await t.rejects(readConfig(file), { code: 'EDGE_MESSAGE_INVALID', message: /\/socket/ })
})

t.test('the status is asked over a socket of its own', async (t) => {
  const path = join(await scratch(t), 'status.sock')
  await t.rejects(askStatus(path), { code: 'EDGE_AGENT_SILENT' })
  const status: Status = {
    server: 'em-1',
    connected: false,
    epoch: null,
    generation: null,
    report: reportOf(),
    inventory: { system: 'x', cpu: 'y', cores: 2, memoryBytes: 2 ** 30 },
  }
  const served = await serveStatus(path, async () => status, silent)
  t.teardown(() => served.close())
  t.same(await askStatus(path), JSON.parse(JSON.stringify(status)))
  t.match(statusText(status), /^em-1 is healthy, without controller\nspec /)
})
