import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { bfdIn, sessionsIn, vnisIn } from '../../../agent/frr/answers.ts'
import { frrFacts } from '../../../agent/frr/index.ts'
import { peerA, recorded, scratch } from './samples.ts'

t.test('what FRR 8.4 answers is understood', async (t) => {
  const read = async (name: string) => JSON.parse(await recorded(`frr-8.4/${name}.json`))
  t.same(bfdIn(await read('bfd-peers-up')), [
    { neighbour: '10.180.0.3', state: 'up', uptimeMs: 5000, diagnostic: 'ok' },
    { neighbour: '10.180.0.2', state: 'up', uptimeMs: 4000, diagnostic: 'ok' },
  ])
  t.match(bfdIn(await read('bfd-peers-down')), [
    { state: 'down', uptimeMs: 0, diagnostic: 'control detection time expired' },
    { state: 'down', uptimeMs: 0, diagnostic: 'neighbor signaled session down' },
  ])
  const twice = (...states: string[]) =>
    bfdIn(states.map((status, index) => ({ peer: peerA, status, uptime: 9 - index }))).map(
      ({ state, uptimeMs }) => [state, uptimeMs],
    )
  t.same(twice('up', 'up'), [['up', 8000]], 'two sessions with one neighbour are told as one')
  t.same([twice('up', 'down')[0]?.[0], twice('init', 'up')[0]?.[0]], ['down', 'init'], 'the worse')
  t.same(
    sessionsIn(await read('bgp-summary')).map(({ state, uptimeMs }) => [state, uptimeMs]),
    [
      ['Established', 13_000],
      ['Connect', 0],
      ['Connect', 0],
    ],
    'the time since a session went down is not its uptime',
  )
  t.same(sessionsIn({}), [], 'a bgpd without instance has none')
  t.same(
    vnisIn({
      7: { vni: 7, vxlanIf: 'scwpn.7', numMacs: 3, remoteVteps: [peerA] },
      8: { vni: 8, vxlanIf: 'scwpn.8', numMacs: 'n/a', remoteVteps: 'n/a' },
    }).map(({ macs, remoteVtepCount }) => [macs, remoteVtepCount]),
    [
      [3, 1],
      [0, 0],
    ],
  )
  t.throws(() => bfdIn({ peers: [] }), { code: 'EDGE_MESSAGE_INVALID', message: /bfdd/ })
})

/** A daemon's vty socket that answers what is asked after `enable` with this text, or hangs. */
async function daemon(t: Test, path: string, text: string | null): Promise<void> {
  const open: Socket[] = []
  const server = createServer((socket) => {
    let answer = '% Unknown command\0\0\0\x02'
    open.push(socket)
    socket.on('data', (command) => {
      if (text === null) return
      const isEnable = command.toString() === 'enable\0'
      socket.write(isEnable ? '\0\0\0\0' : answer)
      if (isEnable) answer = `${text}\0\0\0\0`
    })
  }).listen(path)
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
}

t.test('a daemon that hangs, talks nonsense or is gone hides no other’s answer', async (t) => {
  const directory = await scratch(t)
  await daemon(t, join(directory, 'bgpd.vty'), await recorded('frr-8.4/bgp-summary.json'))
  await daemon(t, join(directory, 'zebra.vty'), '% out of memory')
  const facts = await frrFacts(directory)
  t.equal(facts.sessions.length, 3)
  t.same([facts.bfd, facts.vnis], [[], []])
  t.match(
    facts.silent.toSorted((a, b) => (a.daemon < b.daemon ? -1 : 1)),
    [
      { daemon: 'bfdd', why: /^FRR's bfdd does not answer: .*systemctl status frr/ },
      { daemon: 'zebra', why: /no JSON/ },
    ],
  )
  await daemon(t, join(directory, 'bfdd.vty'), null)
  const later = await frrFacts(directory)
  t.equal(later.sessions.length, 3)
  t.match(later.silent.find(({ daemon }) => daemon === 'bfdd')?.why, /no answer within 3000 ms/)
})
