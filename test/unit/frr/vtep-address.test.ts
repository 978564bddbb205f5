import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ensureVtepKnown } from '../../../agent/frr/vtep-address.ts'

const underlay = {
  medium: { kind: 'link', device: 'pn1' },
  address: '10.180.0.5/22',
  gateway: null,
  mtu: 1500,
} as const

/** A zebra that knows what it is told, and only that; speaks FRR's vty protocol. */
async function zebraThatKnows(t: Test, known: string[]): Promise<string> {
  // Not tap's own fixture directory: the path of a unix socket has at most 107 bytes.
  const runDirectory = await mkdtemp(join(tmpdir(), 'vty-'))
  t.teardown(() => rm(runDirectory, { recursive: true, force: true }))
  const server = createServer((socket) => {
    socket.on('data', () => {
      const lines = known.map((address) => `  inet ${address}`)
      socket.write(`Interface scwpn is up\n${lines.join('\n')}\n\0\0\0\0`)
    })
  })
  server.listen(`${runDirectory}/zebra.vty`)
  await once(server, 'listening')
  t.teardown(() => server.close())
  return runDirectory
}

t.test('an address that zebra knows is left alone', async (t) => {
  const runDirectory = await zebraThatKnows(t, ['10.180.0.5/22'])
  const announce = async () => {
    t.fail('nothing to tell')
  }
  t.same(await ensureVtepKnown({ runDirectory, announce }, { underlay }), [])
})

t.test('an address that zebra missed is told to it again', async (t) => {
  const known = ['10.180.0.55/22', '10.180.0.5/24']
  const runDirectory = await zebraThatKnows(t, known)
  const announced: string[] = []
  const announce = async (device: string, address: string) => {
    announced.push(`${device} ${address}`)
    known.push(address)
  }
  const steps = await ensureVtepKnown({ runDirectory, announce }, { underlay })
  t.same(announced, ['scwpn 10.180.0.5/22'])
  t.same(steps, [{ kind: 'frr', sentence: 'Tell zebra of 10.180.0.5/22 on scwpn again' }])
})

t.test('a zebra that does not learn it is a fault, not a success', async (t) => {
  const runDirectory = await zebraThatKnows(t, [])
  await t.rejects(ensureVtepKnown({ runDirectory, announce: async () => {} }, { underlay }), {
    code: 'EDGE_FRR_BLIND',
  })
})
