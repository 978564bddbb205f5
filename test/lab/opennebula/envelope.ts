import { allAt, parseXml, textAt, type XmlNode } from '../../../lib/opennebula/index.ts'
import { escapeXml } from './escape.ts'
import type { Parameter } from './method.ts'
import type { Refusal } from './refusal.ts'

export interface Call {
  readonly name: string
  readonly parameters: readonly Parameter[]
}

export function decodeCall(body: string): Call {
  const call = parseXml(body)
  return {
    name: textAt(call, 'methodName') ?? '',
    parameters: allAt(call, 'params', 'param', 'value').map(typed),
  }
}

export function success(value: string | number | boolean): string {
  return response([valueElement(true), valueElement(value), valueElement(0)])
}

export function failure(name: string, refusal: Refusal): string {
  const text = `[${name}] ${refusal.message}`
  return response([
    valueElement(false),
    valueElement(text),
    valueElement(refusal.errno),
    valueElement(refusal.objectId),
    '<value><i8>-1</i8></value>',
  ])
}

/** A protocol error: -506 unknown method, -501 wrong type. */
export function protocolFault(code: number, text: string): string {
  const member = (name: string, value: string) =>
    `<member><name>${name}</name>\n${value}</member>\n`
  const struct = member('faultCode', valueElement(code)) + member('faultString', valueElement(text))
  return `${head}<fault>\n<value><struct>\n${struct}</struct></value>\n</fault>\n${tail}`
}

const head = '<?xml version="1.0" encoding="UTF-8"?>\n<methodResponse>\n'
const tail = '</methodResponse>\n'

function response(values: readonly string[]): string {
  const data = values.map((value) => `${value}\n`).join('')
  return `${head}<params>\n<param><value><array><data>\n${data}</data></array></value></param>\n</params>\n${tail}`
}

function valueElement(value: string | number | boolean): string {
  if (typeof value === 'number') return `<value><i4>${value}</i4></value>`
  if (typeof value === 'boolean') return `<value><boolean>${value ? 1 : 0}</boolean></value>`
  return `<value><string>${escapeXml(value)}</string></value>`
}

function typed(value: XmlNode): Parameter {
  const [kind] = value.children
  if (!kind) return value.text
  if (kind.name === 'boolean') return kind.text === '1'
  return kind.name === 'string' ? kind.text : Number(kind.text)
}
