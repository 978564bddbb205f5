import { type Applied, HostSpec, parseAs } from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'

/** What a new spec is held against. */
export interface Precedents {
  /** Who we are. */
  readonly server: string
  /** The newest spec known, which a new one must not be older than. */
  readonly newest: HostSpec | null
  /** Why this very spec must not be tried again; null when it may. */
  readonly refusal: (spec: HostSpec) => string | null
}

/**
 * The answer to a spec frame that must not be applied: malformed, another server's, older than what
 * is known (a controller that lost its leadership), or known to cut this host off. Undefined for
 * every other frame.
 */
export function judgeSpec(frame: unknown, precedents: Precedents): Applied | undefined {
  const spec = specOf(frame)
  if (spec === undefined) return undefined
  const version = count(spec, 'version')
  if (version > specVersion)
    return rejection(
      spec,
      `The specification is of version ${version}, this agent knows ${specVersion}: update the agent`,
    )
  try {
    return judge(parseAs(HostSpec, spec, 'The spec'), precedents)
  } catch (error) {
    return rejection(spec, sentenceOf(error))
  }
}

/** The newest version of `HostSpec` this agent carries out. */
const specVersion = 1

function judge(spec: HostSpec, { server, newest, refusal }: Precedents): Applied | undefined {
  const refused = refusal(spec)
  if (refused !== null) return rejection(spec, refused)
  if (spec.server !== server) return rejection(spec, `This is server ${server}, not ${spec.server}`)
  if (newest === null) return undefined
  if (spec.epoch < newest.epoch) {
    return rejection(spec, `Epoch ${spec.epoch} is over: epoch ${newest.epoch} was heard of`)
  }
  if (spec.epoch === newest.epoch && spec.generation < newest.generation) {
    return rejection(spec, `Generation ${spec.generation} is older than ${newest.generation}`)
  }
  return undefined
}

function rejection(spec: object, fault: string): Applied {
  return {
    type: 'applied',
    epoch: count(spec, 'epoch'),
    generation: count(spec, 'generation'),
    ok: false,
    steps: 0,
    faults: [fault],
  }
}

function specOf(frame: unknown): object | undefined {
  if (typeof frame !== 'object' || frame === null || !('type' in frame)) return undefined
  if (frame.type !== 'spec') return undefined
  return 'spec' in frame && typeof frame.spec === 'object' && frame.spec !== null ? frame.spec : {}
}

/** A number of a spec that may be malformed everywhere; 0 when it is not one. */
function count(spec: object, member: 'epoch' | 'generation' | 'version'): number {
  const value: unknown = (spec as Record<string, unknown>)[member]
  return typeof value === 'number' && Number.isInteger(value) ? value : 0
}
