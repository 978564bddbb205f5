import { parseXml, type XmlNode } from '../../lib/opennebula/index.ts'
import { fault } from './faults.ts'
import type { Transport } from './transport.ts'
import { decodeAnswer, encodeCall, type Parameter } from './wire.ts'

/** One session's calls: the session goes first in every call. */
export interface Caller {
  /** Reads: answers the parsed object. */
  read(method: string, ...parameters: Parameter[]): Promise<XmlNode>
  /** Reads what is a word and not an object. */
  readText(method: string): Promise<string>
  /** Changes: answers oned's value, the id for allocations. */
  change(method: string, ...parameters: Parameter[]): Promise<number>
}

export function createCaller(transport: Transport, session: string): Caller {
  const call = async (method: string, parameters: readonly Parameter[], again: boolean) =>
    decodeAnswer(
      await transport.post(encodeCall(method, [session, ...parameters]), { method, again }),
      method,
    )
  return {
    read: async (method, ...parameters) => asXml(method, await call(method, parameters, true)),
    readText: (method) => call(method, [], true),
    change: async (method, ...parameters) => Number(await call(method, parameters, false)),
  }
}

function asXml(method: string, text: string): XmlNode {
  try {
    return parseXml(text)
  } catch (cause) {
    throw fault('ONE_BROKEN', `oned answered ${method} with what is not XML`, { cause })
  }
}
