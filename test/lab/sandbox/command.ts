import { execa } from 'execa'

export interface CommandOptions {
  /** Text for its standard input. */
  readonly input?: string
  /** Milliseconds until it is killed; 60 000 unless given. */
  readonly withinMs?: number
}

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end and says what came out, whatever its exit code. */
export async function outcome(
  argv: readonly string[],
  { input = '', withinMs = 60_000 }: CommandOptions = {},
): Promise<CommandResult> {
  const [program = '', ...rest] = argv
  const result = await execa(program, rest, {
    input,
    reject: false,
    timeout: withinMs,
    killSignal: 'SIGKILL',
    env: { LC_ALL: 'C' },
  })
  const { exitCode, stdout, stderr } = result
  const why = result.timedOut ? `no end within ${withinMs} ms` : stderr
  return {
    code: exitCode ?? 137,
    stdout,
    stderr: why || (result.cause ? String(result.cause) : ''),
  }
}

/** Runs a program that must succeed; returns its standard output. Throws with its own words otherwise. */
export async function command(argv: readonly string[], options?: CommandOptions): Promise<string> {
  const { code, stdout, stderr } = await outcome(argv, options)
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit code ${code}: ${stderr.trim()}`)
  return stdout
}
