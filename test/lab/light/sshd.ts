import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { prepareProgram, startProgram } from '../../../controller/bootstrap/programs.ts'

export interface Installed {
  /** Scaleway's id, which the agent logs in as. */
  readonly server: string
  readonly token: string
}

/**
 * sshd of a host on which everything is installed already: it knows the programs of the bootstrap by
 * their text and says what they would say; any other program fails. Answers how to stop it.
 */
export async function listenForPrograms(
  path: string,
  installed: (what: Installed) => Promise<void>,
): Promise<() => Promise<void>> {
  await rm(path, { force: true })
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    connection.on('error', () => connection.destroy())
    answer(connection, installed).then(
      (output) => connection.end(JSON.stringify({ code: 0, output })),
      () => connection.end(JSON.stringify({ code: 1 })),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve)
  })
  return () => new Promise((resolve) => server.close(() => resolve()))
}

async function answer(
  connection: Socket,
  installed: (what: Installed) => Promise<void>,
): Promise<string> {
  const text = Buffer.concat(await connection.toArray()).toString('utf8')
  const start = startProgram.trimEnd()
  if (text.startsWith(prepareProgram.trimEnd())) return line({ step: 'look', agent: 'present' })
  if (!text.startsWith(start)) throw new Error('unknown program')
  const [config = '', token = ''] = text.slice(start.length + 1).split('\n')
  const { server } = JSON.parse(config) as { server: string }
  await installed({ server, token })
  return line({ step: 'verify', did: 'agent is active' })
}

const line = (said: object) => `${JSON.stringify(said)}\n`
