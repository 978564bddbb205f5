import { keepSecret } from '../../lib/log/secrets.ts'
import type { Vector } from '../../lib/opennebula/index.ts'

const secretName =
  '[A-Z0-9_]*(?:TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY)[A-Z0-9_]*'
const wholeName = new RegExp(`^${secretName}$`, 'i')

/** Values of a range that are secret by their names no error or log shows from now on. */
export function keepSecretsOf(range: Vector): void {
  for (const [name, value] of Object.entries(range)) if (isSecret(name)) keepSecret(value)
}

/** Whether an attribute of this name is nobody's to read. */
export function isSecret(name: string): boolean {
  return wholeName.test(name)
}

const element = new RegExp(`(<(${secretName})>)[\\s\\S]*?(</\\2\\s*>)`, 'gi')
const member = new RegExp(`(\\b${secretName}"?\\s*[=:]\\s*")(?:\\\\"|[^"])*"`, 'gi')

/** A document, template or JSON text without the values of such attributes. */
export function withoutSecrets(text: string): string {
  return text.replace(element, '$1******$3').replace(member, '$1******"')
}
