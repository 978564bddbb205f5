import { interrupted } from './failure.ts'

/**
 * Has a process that Ctrl-C ended die of the signal, once all is said: a shell goes on with its loop after
 * any exit code, 130 too. It shows 130 either way. https://www.cons.org/cracauer/sigint.html
 */
export function endBySignal(): void {
  process.once('exit', (code) => {
    if (code !== interrupted) return
    process.removeAllListeners('SIGINT')
    process.kill(process.pid, 'SIGINT')
  })
}
