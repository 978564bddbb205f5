import { type Static, Type } from 'typebox'
import { HostReport } from './host-report.ts'
import { HostSpec } from './host-spec.ts'

/** The protocol's version; both sides refuse another major one by name. */
export const protocolVersion = 1

/** Controller → agent, first frame: what the agent signs to prove its key. */
export const Challenge = Type.Object({
  type: Type.Literal('challenge'),
  protocol: Type.Integer(),
  nonce: Type.String({ minLength: 32 }),
})

/** Agent → controller: who it is. `token` only until its key is admitted. */
export const Hello = Type.Object({
  type: Type.Literal('hello'),
  protocol: Type.Integer(),
  server: Type.String(),
  /** Raw ed25519 public key, base64. */
  publicKey: Type.String(),
  /** ed25519 over `edgectl-agent-v1\n<nonce>\n<server>`, base64. */
  signature: Type.String(),
  token: Type.Optional(Type.String()),
  agent: Type.String(),
  /** Generation and epoch of the last good spec on disk; null on a fresh host. */
  last: Type.Union([
    Type.Object({ epoch: Type.Integer(), generation: Type.Integer() }),
    Type.Null(),
  ]),
})

export const Welcome = Type.Object({ type: Type.Literal('welcome'), epoch: Type.Integer() })

/** Controller → agent: not admitted, and why; the connection closes after it. */
export const Refused = Type.Object({ type: Type.Literal('refused'), reason: Type.String() })

/** Controller → agent: the whole desired state; the newest wins. */
export const SpecFrame = Type.Object({ type: Type.Literal('spec'), spec: HostSpec })

/** Agent → controller: what became of a generation. */
export const Applied = Type.Object({
  type: Type.Literal('applied'),
  epoch: Type.Integer(),
  generation: Type.Integer(),
  ok: Type.Boolean(),
  /** How many steps were carried out. */
  steps: Type.Integer({ minimum: 0 }),
  /** What went wrong, one sentence per refused part; empty when ok. */
  faults: Type.Array(Type.String()),
})

export const ReportFrame = Type.Object({ type: Type.Literal('report'), report: HostReport })

/** Either way, every 10 s without other traffic; unanswered for 30 s means the session is dead. */
export const Ping = Type.Object({ type: Type.Literal('ping') })
export const Pong = Type.Object({ type: Type.Literal('pong') })

export const AgentFrame = Type.Union([Hello, Applied, ReportFrame, Ping, Pong])
export const ControllerFrame = Type.Union([Challenge, Welcome, Refused, SpecFrame, Ping, Pong])

export type Challenge = Static<typeof Challenge>
export type Hello = Static<typeof Hello>
export type Applied = Static<typeof Applied>
export type AgentFrame = Static<typeof AgentFrame>
export type ControllerFrame = Static<typeof ControllerFrame>

/** What an agent signs and the hub verifies. */
export function signedText(nonce: string, server: string): string {
  return `edgectl-agent-v1\n${nonce}\n${server}`
}
