import { read, writeSync } from 'node:fs'
import { sentenceOf } from '../../lib/fault/index.ts'
import { ipamFault } from './faults.ts'

/** Makes an answer of a driver's argument and standard input; what it throws becomes the failure. */
export type DriverAction = (argv: readonly string[], input: string) => string | Promise<string>

const inputWithinMs = 10_000
const largestInput = 2 << 20
const chunk = 1 << 16

/**
 * Runs one driver as OpenNebula runs it: the answer, whole and alone, on stdout and exit code 0; or
 * nothing on stdout, the reason on stderr and exit code 1. The reason is written twice: OpenNebula
 * moves lines that begin with `ERROR:` to oned.log and shows the user only the others.
 */
export async function runDriver(name: string, action: DriverAction): Promise<void> {
  try {
    const answer = await action(process.argv.slice(2), await standardInput())
    writeAll(1, answer)
  } catch (error) {
    const sentence = sentenceOf(error).replace(/\s+/g, ' ').trim()
    writeAll(2, `ERROR: ${name}: ${sentence}\n${sentence}\n`)
    process.exitCode = 1
  }
}

/** `fs.read` on descriptor 0: the stream `process.stdin` alone costs 4 ms of start-up. */
async function standardInput(): Promise<string> {
  const parts: Buffer[] = []
  // oned never kills a driver, so an input that does not end would block every other action.
  const deadline = setTimeout(abandon, inputWithinMs)
  for (let size = 0; size <= largestInput; ) {
    const part = await readSome()
    if (part.length === 0) {
      clearTimeout(deadline)
      return Buffer.concat(parts).toString('latin1')
    }
    size += part.length
    parts.push(part)
  }
  clearTimeout(deadline)
  throw ipamFault('EDGE_IPAM_REQUEST', 'Standard input is too large')
}

function readSome(): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const part = Buffer.allocUnsafe(chunk)
    read(0, part, 0, chunk, null, (error, length) => {
      if (error) reject(error)
      else resolve(part.subarray(0, length))
    })
  })
}

/** A pending read keeps even `process.exit` from ending the process, so it ends itself. */
function abandon(): void {
  writeAll(2, 'Standard input did not end within 10 s\n')
  process.kill(process.pid, 'SIGKILL')
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done)
}
