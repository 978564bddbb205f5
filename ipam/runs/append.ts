import { closeSync, constants, fstatSync, openSync, renameSync, statSync, writeSync } from 'node:fs'

const largestBytes = 4 << 20
const generations = 4

// Not blocking, so that a pipe in the file's place keeps nobody waiting.
const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK

/**
 * Appends a line to a log by one write, so that lines of drivers at the same time do not mix. A log of
 * more than 4 MiB becomes `<path>.1`, and so on up to `.4`. Throws what the file system says.
 */
export function appendLine(path: string, line: string): void {
  const file = openSync(path, flags, 0o640)
  try {
    const { size, ino } = fstatSync(file)
    const bytes = Buffer.from(`${line}\n`)
    writeSync(file, bytes)
    if (size + bytes.length > largestBytes) rotate(path, ino)
  } finally {
    closeSync(file)
  }
}

/** Two at once cost a generation at worst, no line: each writes where it has opened. */
function rotate(path: string, inode: number): void {
  if (statSync(path).ino !== inode) return
  for (let n = generations - 1; n > 0; n--) move(`${path}.${n}`, `${path}.${n + 1}`)
  move(path, `${path}.1`)
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
