import type { WebSocket } from 'ws'
import type { Clock } from '../../lib/clock/index.ts'
import {
  ControllerFrame,
  type Hello,
  parseAs,
  protocolVersion,
  signedText,
} from '../../lib/contract/index.ts'
import type { Fault } from '../../lib/fault/index.ts'
import type { AgentState } from '../state/index.ts'
import { fault } from './faults.ts'
import type { Inbox } from './inbox.ts'

export interface LoginOptions {
  readonly clock: Clock
  readonly server: string
  readonly agent: string
  readonly state: AgentState
}

const patienceMs = 20_000

/**
 * Answers the controller's challenge; returns the controller's epoch once it welcomes us. Throws
 * EDGE_LOGIN_REFUSED with its reason, EDGE_LOGIN_FAILED when it says something else or nothing.
 */
export async function login(
  socket: WebSocket,
  inbox: Inbox,
  options: LoginOptions,
): Promise<number> {
  const { state } = options
  const challenge = await nextFrame(inbox, options.clock)
  if (challenge.type !== 'challenge') throw unexpected(challenge.type)
  if (challenge.protocol !== protocolVersion) {
    throw failed(`it speaks protocol ${challenge.protocol}, this agent ${protocolVersion}`)
  }
  const token = await state.token()
  const good = state.lastGood()
  const hello: Hello = {
    type: 'hello',
    protocol: protocolVersion,
    server: options.server,
    publicKey: state.key.publicKey,
    signature: state.key.sign(signedText(challenge.nonce, options.server)),
    ...(token === undefined ? {} : { token }),
    agent: options.agent,
    last: good && { epoch: good.epoch, generation: good.generation },
  }
  socket.send(JSON.stringify(hello))
  const said = await nextFrame(inbox, options.clock)
  if (said.type === 'refused') {
    throw fault('EDGE_LOGIN_REFUSED', 'The controller refuses this agent', {
      answer: said.reason,
    })
  }
  if (said.type !== 'welcome') throw unexpected(said.type)
  await state.forgetToken()
  return said.epoch
}

async function nextFrame(inbox: Inbox, clock: Clock): Promise<ControllerFrame> {
  const text = await inbox.next(clock.patience(patienceMs))
  if (text === undefined) throw failed('it said nothing')
  return parseAs(ControllerFrame, JSON.parse(text), 'A frame of the controller')
}

function unexpected(type: string): Fault {
  return failed(`it sent ${type} instead of its part of the login`)
}

function failed(why: string): Fault {
  return fault('EDGE_LOGIN_FAILED', `The controller did not log us in: ${why}`)
}
