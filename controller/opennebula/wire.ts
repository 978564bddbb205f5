import { allAt, parseXml, textAt, type XmlNode } from '../../lib/opennebula/index.ts'
import { fault, refusal } from './faults.ts'

export type Parameter = string | number | boolean

/** The XML-RPC body of a call; numbers travel as i4, as OpenNebula's own clients send them. */
export function encodeCall(method: string, parameters: readonly Parameter[]): string {
  const params = parameters.map((one) => `<param><value>${typed(one)}</value></param>`).join('')
  return `<?xml version="1.0" ?><methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>\n`
}

/**
 * The value of a successful answer. Throws the Fault of a failure answer (`[false, text, errno, …]`)
 * or of a protocol fault, and ONE_BROKEN for anything that is neither.
 */
export function decodeAnswer(text: string, method: string): string {
  const response = parse(text, method)
  const values = allAt(response, 'params', 'param', 'value', 'array', 'data', 'value').map(plain)
  if (response.name !== 'methodResponse' || (values.length < 2 && !allAt(response, 'fault')[0])) {
    throw fault('ONE_BROKEN', `The answer to ${method} is no XML-RPC response of oned`, {
      answer: text.slice(0, 200),
    })
  }
  if (values.length < 2) throw protocolFault(response, method)
  const [ok, value = '', errno] = values
  if (ok === '1') return value
  throw refusal(Number(errno), value)
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function typed(value: Parameter): string {
  if (typeof value === 'number') return `<i4>${value}</i4>`
  if (typeof value === 'boolean') return `<boolean>${value ? 1 : 0}</boolean>`
  return `<string>${escapeXml(value)}</string>`
}

/** `<value><i4>1</i4></value>` or, as the standard allows, a bare string. */
function plain(value: XmlNode): string {
  return value.children[0]?.text ?? value.text
}

function parse(text: string, method: string): XmlNode {
  try {
    return parseXml(text)
  } catch (cause) {
    throw fault('ONE_BROKEN', `The answer of oned to ${method} is not XML`, {
      answer: text.slice(0, 200),
      cause,
    })
  }
}

function protocolFault(response: XmlNode, method: string): Error {
  const members = allAt(response, 'fault', 'value', 'struct', 'member')
  const member = (name: string) => {
    const found = members.find((one) => textAt(one, 'name') === name)
    const value = found && allAt(found, 'value')[0]
    return value ? plain(value) : ''
  }
  const message = member('faultString')
  return fault('ONE_BROKEN', `oned does not take ${method}: ${message}`, {
    answer: `${member('faultCode')} ${message}`,
  })
}
