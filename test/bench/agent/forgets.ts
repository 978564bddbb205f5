import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** When a host's kernel drops its entry for a MAC, told by the kernel itself. */
export function forgets(pid: number, mac: string): { listens: Promise<void>; at: Promise<number> } {
  const argv = ['-t', String(pid), '-n', '--', 'stdbuf', '-oL', 'bridge', 'monitor', 'fdb']
  const monitor = spawn('nsenter', argv, { stdio: ['ignore', 'pipe', 'ignore'] })
  const at = new Promise<number>((resolve) => {
    createInterface({ input: monitor.stdout }).on('line', (line) => {
      if (!line.startsWith(`Deleted ${mac} `) || !line.includes(' dst ')) return
      resolve(performance.now())
      monitor.kill()
    })
  })
  return { listens: new Promise((resolve) => setTimeout(resolve, 300)), at }
}
