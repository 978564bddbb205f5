import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { sshPeer } from '../../../agent/hub/index.ts'
import { claim, openState } from '../../../agent/state/index.ts'
import { silent } from '../../../lib/log/index.ts'

async function scratch(t: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'agent-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** A /proc of these processes: pid, its parent's, name, environment. */
async function processes(t: Test, list: [number, number, string, string[]][]): Promise<string> {
  const proc = await scratch(t)
  for (const [pid, parent, name, environment] of list) {
    await mkdir(join(proc, String(pid)))
    await writeFile(join(proc, String(pid), 'stat'), `${pid} (${name}) S ${parent} 1 1 0`)
    await writeFile(
      join(proc, String(pid), 'environ'),
      environment.map((text) => `${text}\0`).join(''),
    )
  }
  return proc
}

t.test('the relay knows who called through ssh, though sudo hides it', async (t) => {
  const called = (connection: string) => `SSH_CONNECTION=${connection}`
  const proc = await processes(t, [
    [1, 0, 'systemd', []],
    [50, 1, 'sshd', ['LANG=C']],
    [60, 50, 'sudo', ['HOME=/home/ubuntu', called('198.51.100.7 50000 51.15.0.11 22')]],
    [61, 60, 'a (strange) name', ['SUDO_UID=1000']],
    [62, 61, 'edge-agent', ['PATH=/usr/bin', 'NOT_SSH_CONNECTION=x']],
    [70, 1, 'sshd', [called('::ffff:203.0.113.9 1 ::ffff:51.15.0.11 22')]],
    [71, 1, 'sshd', [called('fe80::1%eth0 1 fe80::2%eth0 22')]],
    [72, 1, 'sshd', [called('UNKNOWN 65535 UNKNOWN 65535')]],
    [80, 1, 'edge-agent', []],
  ])
  t.equal(await sshPeer(62, proc), '198.51.100.7')
  t.equal(await sshPeer(70, proc), '203.0.113.9')
  t.equal(await sshPeer(71, proc), 'fe80::1')
  t.equal(await sshPeer(72, proc), null)
  t.equal(await sshPeer(80, proc), null, 'nobody')
  t.equal(await sshPeer(999, proc), null, 'gone meanwhile')
})

t.test('the last four controllers are remembered, the newest first', async (t) => {
  const directory = await scratch(t)
  const open = () => openState({ directory, tokenFile: join(directory, 'token') }, silent)
  const state = await open()
  t.same(state.controllers(), [])
  for (const last of [1, 2, 3, 4, 5]) t.ok(await state.keepController(`198.51.100.${last}`))
  t.notOk(await state.keepController('198.51.100.3'), 'an old acquaintance is no news')
  const expected = [3, 5, 4, 2].map((last) => `198.51.100.${last}`)
  t.same(state.controllers(), expected)
  t.same((await open()).controllers(), expected)
  await writeFile(join(directory, 'controllers.json'), '["; drop"]')
  t.same((await open()).controllers(), [], 'what is no address counts as nothing')
})

t.test('what was taken back is remembered until something better is kept', async (t) => {
  const directory = await scratch(t)
  const open = () => openState({ directory, tokenFile: join(directory, 'token') }, silent)
  const refusal = { epoch: 1, generation: 2, hash: 'abc', sentence: 'It cut this host off' }
  const state = await open()
  t.equal(state.refusal(), null)
  await state.keepRefusal(refusal)
  t.same((await open()).refusal(), refusal)
  await state.keepRefusal(null)
  t.equal((await open()).refusal(), null)
})

t.test('two agents do not work in one directory', async (t) => {
  const directory = await scratch(t)
  const release = claim(directory, silent)
  t.throws(() => claim(directory, silent), { code: 'EDGE_AGENT_TWICE' })
  release()
  claim(directory, silent)()
  await writeFile(join(directory, 'file'), '')
  const nowhere = join(directory, 'file', 'state')
  t.doesNotThrow(() => claim(nowhere, silent)(), 'a disk that takes no lock stops nobody')
})
