import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SshTarget, StandingLogin } from './target.ts'

/**
 * The argv that runs one command on a server: strict about its host key from the first contact,
 * asking nobody, reading no configuration of whoever runs the controller. The command is given as
 * words; each is quoted for the remote shell.
 */
export async function sshCommand(
  target: SshTarget | StandingLogin,
  words: readonly string[],
): Promise<readonly string[]> {
  const port = String(target.port ?? 22)
  const standing = 'identityFile' in target
  const files = standing ? target : await ownFiles(target, port)
  const { identityFile: identity, knownHostsFile: hosts } = files
  const options = {
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: hosts,
    GlobalKnownHostsFile: '/dev/null',
    // Ours have no other; of others it is the known hosts that say which.
    ...(standing ? {} : { HostKeyAlgorithms: 'ssh-ed25519' }),
    IdentitiesOnly: 'yes',
    BatchMode: 'yes',
    ConnectTimeout: '10',
    ServerAliveInterval: '5',
    ServerAliveCountMax: '3',
    LogLevel: 'ERROR',
  }
  const command = target.user === 'root' ? words : ['sudo', '-n', ...words]
  return [
    ...['ssh', '-F', 'none', '-T', '-i', identity, '-p', port, '-l', target.user],
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...['--', target.address, command.map(quoted).join(' ')],
  ]
}

async function ownFiles(
  { address, port: given, files, hostKey, privateKey }: SshTarget,
  port: string,
): Promise<Pick<StandingLogin, 'identityFile' | 'knownHostsFile'>> {
  await mkdir(files, { recursive: true, mode: 0o700 })
  const known = given === undefined ? address : `[${address}]:${port}`
  return {
    knownHostsFile: await kept(files, 'hosts', `${known} ${keyOf(hostKey)}\n`),
    identityFile: await kept(files, 'key', `${privateKey.trimEnd()}\n`),
  }
}

/** Quotes a word so that a POSIX shell reads exactly it. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/** Type and key of a public key line; a comment is no part of known_hosts. */
function keyOf(line: string): string {
  return line.split(' ').slice(0, 2).join(' ')
}

/** A file with this text, named by it, readable by us alone; several installations may share it. */
async function kept(directory: string, kind: string, text: string): Promise<string> {
  const name = createHash('sha256').update(text).digest('hex').slice(0, 32)
  const file = join(directory, `${kind}-${name}`)
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return file
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' })
  await rename(draft, file)
  return file
}
