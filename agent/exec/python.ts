import { announce } from './prelude/announce.ts'
import { basics } from './prelude/basics.ts'
import { disconnect } from './prelude/disconnect.ts'

import { lines } from './prelude/lines.ts'
import { nft } from './prelude/nft.ts'

/**
 * A fixed program for python3 that does by library calls what took two programs in each namespace: to
 * start nft costs 17 ms of a core, what it then does inside a router namespace 1 ms; ip 9 ms and 0.2.
 * Python is among the packages of every host (frr-pythontools needs it, too); libnftables is what nft
 * itself is made of (libnftables(3)), and has had this number since nft 0.9.
 *
 * `_socket` is what the module socket is made of, which would take longer to load than all the others.
 *
 * For the program: `begin`, `enter`, `load_rules` (an nft transaction), `print_rules`, `carry_lines`
 * (lines of `ip -batch`), `announce` (ARP), `disconnect` (connections), `feed` (text to a program), `say` and `complain`. What can
 * fail returns whether it went well, and says on stderr what did not.
 */
export const pythonProgram = (text: string, data: readonly string[] = []): readonly string[] => [
  ...python,
  `${pythonPrelude}${text}`,
  ...data,
]

export const python = ['/usr/bin/python3', '-I', '-S', '-B', '-c'] as const

/** Text and data of a `pythonProgram`; null for any other argv. */
export function partsOf(argv: readonly string[]): readonly string[] | null {
  const text = argv[python.length] ?? ''
  if (argv[0] !== python[0] || !text.startsWith(pythonPrelude)) return null
  return [text.slice(pythonPrelude.length), ...argv.slice(python.length + 1)]
}

export const pythonPrelude = [basics, nft, lines, announce, disconnect].join('\n')
