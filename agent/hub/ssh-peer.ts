import { readFile } from 'node:fs/promises'
import { isIpv4, isIpv6 } from '../../lib/net/index.ts'

/**
 * The address of whoever reached a process through sshd; null when nobody did. sshd gives it to the
 * shell as SSH_CONNECTION; sudo keeps that from its children, but not out of its own environment, so
 * the ancestors are asked, the nearest first.
 */
export async function sshPeer(pid: number, proc = '/proc'): Promise<string | null> {
  let at = pid
  for (let generations = 0; at > 1 && generations < maxGenerations; generations++) {
    const [environment, stat] = await Promise.all([
      read(`${proc}/${at}/environ`),
      read(`${proc}/${at}/stat`),
    ])
    const variable = environment.split('\0').find((text) => text.startsWith(name))
    if (variable !== undefined) return peerOf(variable.slice(name.length))
    at = parentOf(stat)
  }
  return null
}

const name = 'SSH_CONNECTION='
/** sshd, shell, sudo, its monitor, launcher: a handful. */
const maxGenerations = 32

/** `<client address> <port> <server address> <port>` (ssh(1)); a zone of link-local ones is cut off. */
function peerOf(connection: string): string | null {
  const text = (connection.split(' ')[0] ?? '')
    .replace(/^::ffff:(?=[\d.]+$)/i, '')
    .replace(/%.*$/, '')
  return isIpv4(text) || isIpv6(text) ? text : null
}

/** The fourth column of proc(5)'s stat; the second is a name in parentheses and may hold anything. */
function parentOf(stat: string): number {
  return Number(
    stat
      .slice(stat.lastIndexOf(')') + 1)
      .trim()
      .split(' ')[1] ?? 0,
  )
}

/** What is gone meanwhile says nothing. */
const read = (file: string): Promise<string> => readFile(file, 'latin1').catch(() => '')
