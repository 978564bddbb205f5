import { contractFault, parseAs } from '../../lib/contract/index.ts'
import { Fault } from '../../lib/fault/index.ts'
import { type AskController, type DriverName, drivers, perform } from '../wire/index.ts'
import { runFault } from './faults.ts'
import { lineOf } from './line.ts'
import type { Said } from './run.ts'
import { RunLine } from './run-line.ts'

export interface Replayed {
  readonly line: RunLine
  readonly recorded: Said
  readonly now: Said
  readonly same: boolean
}

/**
 * Runs a logged request again through the drivers' own code. Nobody is asked: the controller answers
 * what it answered then. Throws EDGE_MESSAGE_INVALID for what is no logged run, EDGE_RUN_CUT for one
 * whose request was not kept.
 */
export async function replay(text: string): Promise<Replayed> {
  const line = parseAs(RunLine, jsonIn(text), 'The line')
  const { driver, argv, document, input = '' } = line
  if (!isDriver(driver)) throw invalid(`There is no driver ${driver.slice(0, 40)}`)
  if (line.cut) throw runFault('EDGE_RUN_CUT', 'The request was not kept in the log')
  const call = {
    argv,
    input: document === undefined ? input : Buffer.from(document).toString('base64'),
    ask: askRecorded(line),
  }
  const { outcome, error } = await perform(driver, drivers[driver], call)
  // Through the log's own door, so that what it removes is removed from both.
  const code = error instanceof Fault ? { code: error.code } : {}
  const again = { driver, argv, input: call.input, outcome, ...code, ms: 0, at: 0 }
  const now = saidIn(JSON.parse(lineOf(again)) as RunLine)
  const recorded = saidIn(line)
  return { line, recorded, now, same: JSON.stringify(now) === JSON.stringify(recorded) }
}

function askRecorded({ controller }: RunLine): AskController {
  return async () => {
    if (controller === undefined) throw new Error('the log holds no answer of the controller')
    const { status, answer, text, failure } = controller
    if (status === undefined) throw new Recorded(failure ?? '')
    return { status, text: text ?? JSON.stringify(answer) }
  }
}

/** A failure that was logged as a sentence. */
class Recorded extends Fault {
  constructor(sentence: string) {
    super('EDGE_IPAM_CONTROLLER', 'transient', sentence)
  }
}

function saidIn({ exitCode, answer, said }: RunLine): Said {
  return { exitCode, answer, ...(said === undefined ? {} : { said }) }
}

function isDriver(name: string): name is DriverName {
  return Object.hasOwn(drivers, name)
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw invalid('The line is no JSON')
  }
}

function invalid(message: string): Fault {
  return contractFault('EDGE_MESSAGE_INVALID', message)
}
