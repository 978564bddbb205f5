import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { agentVersion, sshClient } from '../../../controller/bootstrap/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'agent-version-'))
t.teardown(() => rmSync(directory, { recursive: true }))

/** The beginning of a tar with one member. */
function archive(name: string, text: string): Buffer {
  const head = Buffer.alloc(512)
  head.write(name)
  head.write(`${text.length.toString(8).padStart(11, '0')}\0`, 124)
  return Buffer.concat([head, Buffer.from(text.padEnd(512, '\0')), Buffer.alloc(4096)])
}

const stored = (bytes: Buffer) => {
  const file = join(directory, 'agent.tar.gz')
  writeFileSync(file, bytes)
  return file
}

t.test('an archive says its version in its first member', async (t) => {
  t.equal(await agentVersion(stored(gzipSync(archive('version', '1.2.3\n')))), '1.2.3')
  t.equal(await agentVersion(stored(gzipSync(archive('./version', '1.2.3-rc.1\n')))), '1.2.3-rc.1')
})

t.test('what says none has none, whatever it is', async (t) => {
  for (const bytes of [
    gzipSync(archive('node', '1.2.3\n')),
    gzipSync(archive('version', '')),
    gzipSync(archive('version', 'a b\u001b[2J')),
    gzipSync(Buffer.from('short')),
    gzipSync(archive('version', '1.2.3\n')).subarray(0, 20),
    Buffer.from('an agent'),
    Buffer.alloc(0),
  ])
    t.equal(await agentVersion(stored(bytes)), undefined)
})

t.test('one that cannot be read is told by its name', async (t) => {
  await t.rejects(agentVersion('/nowhere/agent.tar.gz'), {
    code: 'EDGE_AGENT_PACKAGE',
    sentence: /\/nowhere\/agent.tar.gz.*ENOENT/,
  })
})

t.test('an SSH client is one that may be executed, in the order of the path', async (t) => {
  writeFileSync(join(directory, 'ssh'), '', { mode: 0o644 })
  t.equal(await sshClient(`/nowhere:${directory}`), undefined)
  writeFileSync(join(directory, 'ssh'), '')
  rmSync(join(directory, 'ssh'))
  writeFileSync(join(directory, 'ssh'), '', { mode: 0o755 })
  t.equal(await sshClient(`/nowhere:${directory}`), join(directory, 'ssh'))
  t.equal(await sshClient(''), undefined)
})
