import { closeSync, constants, openSync, read, readSync, writeSync } from 'node:fs'

const inputWithinMs = 10_000
/** Beyond what any driver takes, so that the refusal is its own. */
const enoughInput = 2 << 20
const chunk = 1 << 16
const pauseMs = 5

/**
 * All of standard input, a character per byte, or as much as could be read. The stream `process.stdin`
 * alone costs 4 ms of start-up. oned never kills a driver, so an input that does not end would block
 * every other action: after 10 s `onSilence` has the last word.
 */
export async function standardInput(onSilence: (sentence: string) => void): Promise<string> {
  const parts: Buffer[] = []
  if (!readWaiting(parts)) await readRest(parts, onSilence)
  return Buffer.concat(parts).toString('latin1')
}

/**
 * Reads what is there already, which is nearly always all: oned writes before Node has started. True at
 * the end. An open file of our own that does not block; `read` would start threads. Sockets have none.
 */
function readWaiting(parts: Buffer[]): boolean {
  let file: number | undefined
  try {
    file = openSync('/proc/self/fd/0', constants.O_RDONLY | constants.O_NONBLOCK)
    while (sizeOf(parts) <= enoughInput) {
      const part = Buffer.allocUnsafe(chunk)
      const length = readSync(file, part)
      if (length === 0) return true
      parts.push(part.subarray(0, length))
    }
    return true
  } catch {
    return false
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

async function readRest(parts: Buffer[], onSilence: (sentence: string) => void): Promise<void> {
  const deadline = setTimeout(() => {
    onSilence(`Standard input did not end within ${inputWithinMs / 1000} s`)
    // A pending read keeps even process.exit from ending the process, so it ends itself.
    process.kill(process.pid, 'SIGKILL')
  }, inputWithinMs)
  while (sizeOf(parts) <= enoughInput) {
    const part = await readSome()
    if (part === undefined) break
    parts.push(part)
  }
  clearTimeout(deadline)
}

/** Undefined at the end, and where nothing can be read. */
function readSome(): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const part = Buffer.allocUnsafe(chunk)
    read(0, part, 0, chunk, null, (error, length) => {
      // Ruby's pipes do not block; a process that is started without its help may get one.
      if (error?.code === 'EAGAIN') setTimeout(() => resolve(readSome()), pauseMs)
      else resolve(error || length === 0 ? undefined : part.subarray(0, length))
    })
  })
}

function sizeOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}

/** Everything or nothing more: whoever has stopped reading gets no second half. */
export function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(descriptor, bytes, done)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
        process.exitCode = 1
        return
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
    }
  }
}
