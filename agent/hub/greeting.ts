import type { Socket } from 'node:net'
import { isIpv4, isIpv6 } from '../../lib/net/index.ts'

/** The first line on the agent's socket, before the controller's bytes: whom the relay speaks for. */
export function greeting(peer: string | null): string {
  return `${word}${peer ?? unknown}\n`
}

/**
 * Takes the greeting off a connection, and leaves what follows it in. Rejects when the first line is
 * something else, or does not come.
 */
export function greeted(connection: Socket, withinMs: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let text = ''
    const settle = (act: () => void) => {
      clearTimeout(timer)
      connection.off('data', take).off('close', vanish).pause()
      act()
    }
    const refuse = (why: string) => settle(() => reject(new Error(why)))
    const vanish = () => refuse('it ended before it said who is calling')
    const timer = setTimeout(() => refuse('it did not say who is calling'), withinMs)
    const take = (bytes: Buffer) => {
      text += bytes.toString('latin1')
      const end = text.indexOf('\n')
      if (end < 0) return text.length > longest ? refuse('its first line has no end') : undefined
      const line = text.slice(0, end)
      if (!line.startsWith(word)) return refuse('its first line is no greeting')
      settle(() => {
        const rest = text.slice(end + 1)
        if (rest !== '') connection.unshift(Buffer.from(rest, 'latin1'))
        resolve(peerOf(line.slice(word.length)))
      })
    }
    connection.on('data', take).once('close', vanish)
  })
}

const word = 'from '
const unknown = '-'
const longest = 128

const peerOf = (text: string): string | null => (isIpv4(text) || isIpv6(text) ? text : null)
