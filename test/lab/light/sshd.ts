import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { letInProgram } from '../../../controller/bootstrap/let-in-program.ts'
import { loginProgram } from '../../../controller/bootstrap/login-program.ts'
import { prepareProgram, startProgram } from '../../../controller/bootstrap/programs.ts'

/** Who sees the bootstrap's programs: before one does anything, and when it is done but not heard of. */
export interface ProgramWatch {
  /** False as if the connection broke before it began. */
  before(program: ProgramName): Promise<boolean>
  after(program: ProgramName): Promise<void>
}

export type ProgramName = 'login' | 'let in' | 'prepare' | 'start'

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
  watch: ProgramWatch,
  installed: (what: Installed) => Promise<void>,
): Promise<() => Promise<void>> {
  await rm(path, { force: true })
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    connection.on('error', () => connection.destroy())
    answer(connection, watch, installed).then(
      (output) => (output === undefined ? connection.destroy() : connection.end(`0\n${output}`)),
      () => connection.end('1\n'),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve)
  })
  return () => new Promise((resolve) => server.close(() => resolve()))
}

/** What the program prints; undefined when it never ran. */
async function answer(
  connection: Socket,
  watch: ProgramWatch,
  installed: (what: Installed) => Promise<void>,
): Promise<string | undefined> {
  const text = Buffer.concat(await connection.toArray()).toString('utf8')
  const name = nameOf(text)
  if (!(await watch.before(name))) return undefined
  const output = name === 'start' ? await started(text, installed) : said[name]
  await watch.after(name)
  return output
}

function nameOf(text: string): ProgramName {
  if (text.startsWith(loginProgram.trimEnd())) return 'login'
  if (text.startsWith(letInProgram.trimEnd())) return 'let in'
  if (text.startsWith(prepareProgram.trimEnd())) return 'prepare'
  if (text.startsWith(startProgram.trimEnd())) return 'start'
  throw new Error('unknown program')
}

async function started(
  text: string,
  installed: (what: Installed) => Promise<void>,
): Promise<string> {
  const [config = '', token = ''] = text.slice(startProgram.trimEnd().length + 1).split('\n')
  const { server } = JSON.parse(config) as { server: string }
  await installed({ server, token })
  return line({ step: 'verify', did: 'agent is active' })
}

const line = (said: object) => `${JSON.stringify(said)}\n`
const said = {
  login: line({ step: 'login', did: 'root by SSH' }),
  'let in': line({ step: 'host-key', hostKey: `ssh-ed25519 ${'A'.repeat(68)}` }),
  prepare: line({ step: 'look', agent: 'present' }),
} as const
