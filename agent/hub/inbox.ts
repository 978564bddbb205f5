import type { WebSocket } from 'ws'

/** A websocket's texts, none lost while nobody looks. */
export interface Inbox {
  /** The next text; undefined when the connection ended or `withinMs` passed. */
  next(withinMs: number): Promise<string | undefined>
  /** Hands over everything from now on, what waits included. */
  each(take: (text: string) => void): void
}

export function createInbox(socket: WebSocket): Inbox {
  const waiting: string[] = []
  let take = (text: string): void => {
    waiting.push(text)
  }
  const queue = take
  socket.on('message', (data) => take(String(data)))

  return {
    next: (withinMs) => {
      const first = waiting.shift()
      if (first !== undefined) return Promise.resolve(first)
      return new Promise((resolve) => {
        const settle = (text: string | undefined) => {
          take = queue
          clearTimeout(timer)
          socket.off('close', end)
          resolve(text)
        }
        const end = () => settle(undefined)
        const timer = setTimeout(end, withinMs)
        socket.once('close', end)
        take = settle
      })
    },
    each: (listener) => {
      take = listener
      for (const text of waiting.splice(0)) listener(text)
    },
  }
}
