import type { ExecFacts } from './exec.ts'

/** What a program for several namespaces printed of each: `\x01`, its name and a zero byte come before. */
export function answersByName(output: string): ReadonlyMap<string, string> {
  const parts = output.split('\x01').slice(1)
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\0')
      return [part.slice(0, end), part.slice(end + 1)]
    }),
  )
}

/** Why it came to no end, before it said whose trouble that is. */
export const troubleOf = ({ timedOut, code, stderr }: ExecFacts): string =>
  timedOut ? 'it took too long' : stderr.includes('\x01') ? `it ended with ${code}` : stderr
