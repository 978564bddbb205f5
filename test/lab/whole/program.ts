import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'

/** A long-running program of the lab whose output is kept in a file. */
export interface Program {
  readonly pid: number
  /** The last lines it wrote, for when something went wrong. */
  tail(lines: number): Promise<string>
  /** Ends it with a signal and waits until it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  readonly running: boolean
}

export function startProgram(
  argv: readonly string[],
  logFile: string,
  env: NodeJS.ProcessEnv = process.env,
): Program {
  const [file = '', ...rest] = argv
  const child = spawn(file, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const log = createWriteStream(logFile, { flags: 'a' })
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  // Its absence shows in `running` and in whoever waits for it.
  child.on('error', (error) => log.write(`${error.message}\n`))
  return {
    pid: child.pid ?? 0,
    get running() {
      return isRunning(child)
    },
    tail: async (lines) =>
      (await readFile(logFile, 'utf8').catch(() => ''))
        .trimEnd()
        .split('\n')
        .slice(-lines)
        .join('\n'),
    async end(signal) {
      if (!isRunning(child)) return
      const gone = once(child, 'exit')
      child.kill(signal)
      await gone
    },
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}
