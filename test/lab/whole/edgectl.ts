import { execa } from 'execa'
import type { CommandResult } from '../sandbox/command.ts'
import { dist } from './dist.ts'

export interface EdgectlOptions {
  /** For its standard input. */
  readonly input?: string
  /** Milliseconds until it is killed; 15 minutes unless given. */
  readonly withinMs?: number
  /** Called with each line it writes to standard error, as it writes it. */
  readonly onProgress?: (line: string) => void
}

/** Runs the shipped `edgectl` in this environment, as a user would, to its end. */
export async function runEdgectl(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { input = '', withinMs = 900_000, onProgress }: EdgectlOptions = {},
): Promise<CommandResult> {
  const running = execa(dist('cli/edgectl.mjs'), args, {
    input,
    env,
    extendEnv: false,
    reject: false,
    timeout: withinMs,
    stderr: onProgress
      ? [
          'pipe',
          function* progress(line: unknown) {
            onProgress(String(line))
            yield line
          },
        ]
      : 'pipe',
  })
  const { exitCode, stdout, stderr, timedOut } = await running
  return {
    code: exitCode ?? 137,
    stdout: `${stdout}`,
    stderr: timedOut ? `no end within ${withinMs} ms` : `${stderr}`,
  }
}
