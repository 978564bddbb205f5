import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** Whether an SSH server greets on that address within a second. */
export function sshAnswers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22 })
    const finish = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1000, () => finish(false))
    socket.once('data', (greeting) => finish(greeting.toString().startsWith('SSH-2.0')))
    socket.once('error', () => finish(false))
    socket.once('close', () => finish(false))
  })
}

/** Waits until an SSH server greets; throws after `withinMs`. */
export async function waitForSsh(address: string, withinMs = 60_000): Promise<void> {
  const until = performance.now() + withinMs
  while (!(await sshAnswers(address))) {
    if (performance.now() > until) throw new Error(`No sshd on ${address} within ${withinMs} ms`)
    await pause(50)
  }
}
