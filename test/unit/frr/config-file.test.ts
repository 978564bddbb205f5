import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { putConfigFile } from '../../../agent/frr/config-file.ts'
import { createFrr } from '../../../agent/frr/index.ts'
import { hostSpec } from '../agent-net/specs.ts'

t.test('a text that is refused leaves the file as it was, and nothing beside it', async (t) => {
  const directory = t.testdir({ 'frr.conf': 'old' })
  const refuse = async () => {
    throw new Error('line 3: unknown command')
  }
  await t.rejects(putConfigFile(join(directory, 'frr.conf'), 'new', refuse), /line 3/)
  t.equal(await readFile(join(directory, 'frr.conf'), 'utf8'), 'old')
  t.same(await readdir(directory), ['frr.conf'])
})

t.test('FRR is configured even when its file cannot be written', async (t) => {
  // The path of a unix socket has 107 bytes at most.
  const runDirectory = await mkdtemp(join(tmpdir(), 'frr-'))
  t.teardown(() => rm(runDirectory, { recursive: true, force: true }))
  const heard = await fakeDaemons(t, runDirectory)
  const frr = createFrr({
    runDirectory,
    configFile: join(runDirectory, 'no-such-directory', 'frr.conf'),
    gatewayMac: '02:00:5e:00:01:01',
    prove: async () => undefined,
    announce: async () => undefined,
  })
  const { faults } = await frr.apply(hostSpec())
  t.match(faults[0], /frr\.conf cannot be written: ENOENT/)
  t.ok(heard.includes('router bgp 65000'))
})

/** Daemons that take every command and show nothing but the underlay's address. */
async function fakeDaemons(t: Test, directory: string): Promise<string[]> {
  const heard: string[] = []
  for (const daemon of ['zebra', 'bgpd', 'bfdd']) {
    const server = createServer((connection) =>
      connection.on('data', (bytes) => {
        const command = String(bytes).replace('\0', '')
        heard.push(command)
        const text = command.startsWith('show interface') ? '  inet 10.180.0.11/22\n' : ''
        connection.write(`${text}\0\0\0\0`)
      }),
    )
    await new Promise<void>((resolve) => server.listen(join(directory, `${daemon}.vty`), resolve))
    t.teardown(() => server.close())
  }
  return heard
}
