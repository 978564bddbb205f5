import { escapeXml } from './escape.ts'

// How oned writes XML: numbers plain, attributes in CDATA, nothing between elements.

export function plain(name: string, value: string | number): string {
  return `<${name}>${typeof value === 'number' ? value : escapeXml(value)}</${name}>`
}

export function cdata(name: string, value: string | number): string {
  return `<${name}><![CDATA[${value}]]></${name}>`
}

/** `<PHYDEV/>` when there is none. */
export function cdataOrEmpty(name: string, value: string | number | undefined): string {
  return value === undefined || value === '' ? `<${name}/>` : cdata(name, value)
}

export function wrapped(name: string, inner: string): string {
  return `<${name}>${inner}</${name}>`
}

export function ids(name: string, values: readonly number[]): string {
  return wrapped(name, values.map((id) => plain('ID', id)).join(''))
}
