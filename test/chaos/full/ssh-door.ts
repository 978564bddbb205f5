import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Passing } from './trap.ts'

/** What the controller runs on a host by SSH. */
export interface SshCall {
  readonly address: string
  /** `relay` is the way of the agent's messages, `spec` one of these. */
  readonly program: string
}

export interface SshDoor {
  /** For the controller: its `ssh` asks at this door first, and is the real one then. */
  readonly env: NodeJS.ProcessEnv
  close(): Promise<void>
}

/** Sees each program that is run by SSH before it begins, and when it has ended but nobody has heard. */
export async function createSshDoor(
  directory: string,
  enter: (call: SshCall) => Promise<Passing>,
): Promise<SshDoor> {
  const [bin, path] = [join(directory, 'ssh-door'), join(directory, 'ssh-door.sock')]
  const program = join(import.meta.dirname, 'ssh.ts')
  const search = process.env['PATH'] ?? '/usr/bin:/bin'
  const script = `#!/bin/sh\nPATH='${search}' exec ${process.execPath} ${program} ${path} "$@"\n`
  await mkdir(bin, { recursive: true })
  await writeFile(join(bin, 'ssh'), script)
  await chmod(join(bin, 'ssh'), 0o755)
  await rm(path, { force: true })
  const server = createServer((connection) => void attend(connection, enter))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve)
  })
  return {
    env: { PATH: `${bin}:${search}` },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** The first line says what is to be run, the second that it has ended; so does the connection's end. */
async function attend(
  connection: Socket,
  enter: (call: SshCall) => Promise<Passing>,
): Promise<void> {
  connection.on('error', () => connection.destroy())
  const lines = createInterface({ input: connection })[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.done) return
  const { passage, leave } = await enter(JSON.parse(first.value) as SshCall)
  if (passage === 'pass') {
    connection.write('pass\n')
    await lines.next()
    await leave()
    connection.write('pass\n')
  }
  connection.end()
}
