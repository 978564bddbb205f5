import { Fault, sentenceOf } from '../../lib/fault/index.ts'
import type { AskController, Driver } from '../wire/driver.ts'
import { ipamFault } from '../wire/faults.ts'
import { failed, type Performed, perform } from '../wire/perform.ts'
import { logPath } from '../wire/settings.ts'
import { appendLine } from './append.ts'
import { lineOf } from './line.ts'
import type { Run, Talk } from './run.ts'
import { standardInput, writeAll } from './standard-streams.ts'

/** What most drivers have: nobody. */
const nobody: AskController = () => Promise.reject(new Error('this driver asks nobody'))

/** Runs one driver as OpenNebula runs it, and leaves a line in the log. */
export async function runDriver(
  name: string,
  driver: Driver,
  ask: AskController = nobody,
): Promise<void> {
  const argv = process.argv.slice(2)
  const end = (input: string, { outcome, error }: Performed, talk?: Talk) => {
    process.exitCode = outcome.exitCode
    writeAll(1, outcome.stdout)
    writeAll(2, outcome.stderr)
    const code = error instanceof Fault ? { code: error.code } : {}
    log({
      ...{ driver: name, argv, input, outcome, ...code, ...(talk ? { talk } : {}) },
      ...{ ms: process.uptime() * 1000, at: Date.now() },
    })
  }
  const input = await standardInput((sentence) =>
    end('', failed(name, ipamFault('EDGE_IPAM_REQUEST', sentence))),
  )
  let talk: Talk | undefined
  const call = { argv, input, ask: heard(ask, (said) => (talk = said)) }
  end(input, await perform(name, driver, call), talk)
  // Nothing is left to do, and taking itself apart costs Node 2 ms.
  process.exit()
}

/** The same question, and what came of it. */
function heard(ask: AskController, tell: (talk: Talk) => void): AskController {
  return async (path, body, withinMs) => {
    // `performance` costs 2 ms of start-up.
    const began = process.uptime()
    const ms = () => (process.uptime() - began) * 1000
    try {
      const answer = await ask(path, body, withinMs)
      tell({ path, ms: ms(), ...answer })
      return answer
    } catch (error) {
      tell({ path, ms: ms(), failure: sentenceOf(error) })
      throw error
    }
  }
}

/** oned has its answer by now; a log that cannot be written is no reason to fail. */
function log(run: Run): void {
  try {
    appendLine(logPath(process.env), lineOf(run))
  } catch {
    // nobody to tell
  }
}
