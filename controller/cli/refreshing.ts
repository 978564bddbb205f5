import { setTimeout as delay } from 'node:timers/promises'
import { coloured } from './colour.ts'
import { Failure } from './failure.ts'

// What terminals do on these: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
const enter = '\x1b[?1049h\x1b[?25l\x1b[?7l'
const leave = '\x1b[?7h\x1b[?25h\x1b[?1049l'
const home = '\x1b[H'
const eraseLine = '\x1b[K'
const eraseBelow = '\x1b[J'

/**
 * Shows a text on a screen of its own, drawn anew every so many seconds, until Ctrl-C; the last one stays
 * when the screen goes. Once it has been shown, a failure is shown in its place, and it goes on.
 */
export async function refreshing(
  look: (signal: AbortSignal) => Promise<string>,
  seconds: number,
): Promise<void> {
  const stop = new AbortController()
  const { signal } = stop
  const { stdout } = process
  let last = await look(signal)
  const onSignal = () => stop.abort()
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  stdout.write(enter)
  try {
    let trouble = ''
    while (!signal.aborted) {
      stdout.write(screenOf(`${trouble}${last}`, stdout.rows))
      await delay(seconds * 1000, undefined, { signal })
      try {
        last = await look(signal)
        trouble = ''
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        trouble = `${coloured('red', error.message)}\n`
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
    stdout.write(`${leave}${last}\n`)
  }
}

function screenOf(text: string, rows: number): string {
  const lines = text.split('\n').slice(0, Math.max(1, rows - 1))
  return `${home}${lines.map((line) => `${line}${eraseLine}`).join('\r\n')}\r\n${eraseBelow}`
}
