/** A vector attribute: `AR = [ TYPE = "IP4", SIZE = "1" ]`. */
export type Vector = Readonly<Record<string, string>>

/** An attribute as OpenNebula's XML shows it; several of one name become an array. */
export type Attribute = string | Vector | readonly (string | Vector)[]

/** A TEMPLATE element as a plain object. Names are upper case, as oned stores them. */
export type Template = Readonly<Record<string, Attribute>>

type Scalar = string | number | boolean
type VectorInput = Readonly<Record<string, Scalar | undefined>>
type AttributeInput = Scalar | VectorInput | readonly (Scalar | VectorInput)[] | undefined

/** What `renderTemplate` accepts: booleans become YES or NO, undefined is left out. */
export type TemplateInput = Readonly<Record<string, AttributeInput>>

/**
 * OpenNebula template text. Values are quoted, arrays become repeated attributes, objects vectors.
 * Throws TypeError for a name or value that oned's parser would not take.
 */
export function renderTemplate(value: TemplateInput): string {
  return Object.entries(value)
    .flatMap(([name, attribute]) => listOf(attribute).map((one) => line(name, one)))
    .join('')
}

/** The first plain value of an attribute; undefined when absent, empty or a vector. */
export function scalarOf(template: Template, name: string): string | undefined {
  const [first] = listOf(template[name])
  return typeof first === 'string' && first !== '' ? first : undefined
}

/** All vectors of one name: `vectorsOf(vm.template, 'NIC')`. */
export function vectorsOf(template: Template, name: string): Vector[] {
  return listOf(template[name]).filter((one) => typeof one === 'object')
}

/** The first vector of a name: `vectorOf(host.template, 'ONEFORM')?.PROVISION_ID`. */
export function vectorOf(template: Template, name: string): Vector | undefined {
  return vectorsOf(template, name)[0]
}

function line(name: string, value: Scalar | VectorInput): string {
  if (typeof value !== 'object') return `${checked(name)} = ${quoted(value)}\n`
  const members = Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : [`${checked(key)} = ${quoted(member)}`],
  )
  return `${checked(name)} = [\n${members.join(',\n')}\n]\n`
}

function quoted(value: Scalar): string {
  if (typeof value === 'boolean') return value ? '"YES"' : '"NO"'
  return `"${readable(String(value)).replaceAll('"', '\\"')}"`
}

/**
 * oned's scanner (src/parsers/template_parser.l) knows one escape, `\"`: other backslashes stand for
 * themselves, one at the end would take the closing quote along, and `]]>` ends the whole reading.
 */
function readable(value: string): string {
  if (!/\\$|\]\]>|\0/.test(value)) return value
  throw new TypeError(`OpenNebula cannot read back "${value.slice(0, 40)}"`)
}

function checked(name: string): string {
  if (!/^[A-Za-z0-9_]+$/.test(name)) throw new TypeError(`"${name}" is no template attribute name`)
  return name
}

function listOf<T extends Scalar | object>(value: T | readonly T[] | undefined): T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? [...value] : [value as T]
}
