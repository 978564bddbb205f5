import { availableParallelism } from 'node:os'

/** Node cannot enter a namespace itself, so what runs inside one is started by nsenter. */
export function insideNamespace(name: string | null, argv: readonly string[]): readonly string[] {
  return name === null ? argv : ['nsenter', `--net=/run/netns/${name}`, '--', ...argv]
}

/**
 * How many namespaces are worked in at the same time: more only wait for each other in the kernel, and
 * more than there are processors cost without being faster.
 */
export const namespacesAtOnce = Math.min(4, availableParallelism())

/**
 * A fixed program for the shell with data as arguments. `sh`, which is dash on Debian and Ubuntu and
 * starts in a third of bash's time; and bash with a socket as stdin, which is what Node gives its
 * children, takes itself for rshd's child and would read root's .bashrc.
 */
export function fixedProgram(text: string, data: readonly string[] = []): readonly string[] {
  return ['sh', '-c', text, 'edge-agent', ...data]
}
