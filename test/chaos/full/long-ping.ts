import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { CommandResult } from '../../lab/sandbox/command.ts'

/** A ping that goes on until it is stopped. */
export interface LongPing {
  readonly name: string
  /** How many were sent before the last answer, and how many of these were answered. */
  stop(): Promise<{ readonly sent: number; readonly received: number }>
}

/** Stays behind when the program that started it has ended; the files say when it is to end, and that it has. */
const program = `{
  ping -n -i 0.1 "$1" & ping=$!
  while [ ! -e "$2.stop" ]; do sleep 0.2; done
  kill -INT "$ping"; wait "$ping"
  : >"$2.ended"
} >"$2.out" 2>&1 </dev/null &`
const endsWithinMs = 10_000

/** Begins to ping with `exec`, which runs a program somewhere to its end. */
export async function startPing(
  name: string,
  address: string,
  directory: string,
  exec: (argv: readonly string[]) => Promise<CommandResult>,
): Promise<LongPing> {
  const file = join(directory, `ping-${randomUUID()}`)
  await exec(['bash', '-c', program, 'ping', address, file])
  return {
    name,
    async stop() {
      await writeFile(`${file}.stop`, '')
      const until = performance.now() + endsWithinMs
      while ((await textOf(`${file}.ended`)) === undefined && performance.now() < until)
        await pause(50)
      const said = (await textOf(`${file}.out`)) ?? ''
      // What is on its way at the end is not lost.
      const answered = new Set(
        [...said.matchAll(/icmp_seq=(\d+) ttl/g)].map(([, seq]) => Number(seq)),
      )
      return { sent: Math.max(0, ...answered), received: answered.size }
    },
  }
}

async function textOf(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined)
}
