import { fixedProgram } from './namespace.ts'

/** How long a stock driver may keep us waiting; its `pre` takes 0.3 s (measured with 7.5). */
const patienceSeconds = 10

/**
 * Runs `argv` while holding somebody else's lock file, if it is there. The file is only opened, never
 * made: one made by root would lock its owner out, and in sticky /tmp the kernel refuses root to open
 * another user's file with O_CREAT, which is what flock(1) given a path does.
 */
export function underLock(path: string, argv: readonly string[]): readonly string[] {
  return fixedProgram(program, [path, ...argv])
}

const program = `
if [ -e "$1" ]; then
  exec 9< "$1"
  flock -w ${patienceSeconds} 9 || { echo "$1 is held by another program" >&2; exit 75; }
fi
shift
exec "$@"
`
