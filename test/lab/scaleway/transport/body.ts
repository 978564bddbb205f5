import { type ArgumentDetail, invalidArguments } from './errors.ts'
import { isUuid } from './locality.ts'

interface Limits {
  readonly min?: number
  readonly max?: number
}

/**
 * Reads a JSON body field by field and collects what is wrong; `end()` throws it all at once.
 * Optional readers answer undefined for an absent or null field.
 */
export interface BodyReader {
  has(name: string): boolean
  text(name: string, limits?: Limits): string | undefined
  needText(name: string, limits?: Limits): string
  uuid(name: string): string | undefined
  needUuid(name: string): string
  uuids(name: string): string[]
  flag(name: string): boolean | undefined
  integer(name: string, limits?: Limits): number | undefined
  texts(name: string): string[] | undefined
  object(name: string): Readonly<Record<string, unknown>> | undefined
  wrong(detail: ArgumentDetail): void
  end(): void
}

export function readBody(
  body: unknown,
  refuse: (details: ArgumentDetail[]) => Error = invalidArguments,
): BodyReader {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const details: ArgumentDetail[] = []
  const wrong = (argument_name: string, reason: ArgumentDetail['reason'], help_message: string) =>
    void details.push({ argument_name, reason, help_message })

  function value<T>(name: string, fits: (value: unknown) => value is T, kind: string) {
    const found = fields[name]
    if (found === undefined || found === null) return undefined
    if (fits(found)) return found
    wrong(name, 'format', `value must be ${kind}`)
    return undefined
  }
  function need<T>(name: string, found: T | undefined, otherwise: T): T {
    if (found !== undefined) return found
    if ([undefined, null, ''].includes(fields[name] as string))
      wrong(name, 'required', `${name} is required`)
    return otherwise
  }
  const text = (name: string, { min = 0, max = Number.POSITIVE_INFINITY }: Limits = {}) => {
    const found = value(name, isText, 'a string')
    if (found !== undefined && (found.length < min || found.length > max))
      wrong(name, 'constraint', `length must be between ${min} and ${max}`)
    return found
  }
  // The real API cannot tell an empty string from an absent field.
  const uuid = (name: string) =>
    fields[name] === '' ? undefined : value(name, isUuid, 'a valid UUID')

  return {
    has: (name) => fields[name] !== undefined,
    text,
    needText: (name, limits) => need(name, text(name, limits), ''),
    uuid,
    needUuid: (name) => need(name, uuid(name), ''),
    uuids: (name) => value(name, isListOf(isUuid), 'a list of valid UUIDs') ?? [],
    flag: (name) => value(name, isFlag, 'a boolean'),
    integer(name, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) {
      const found = value(
        name,
        Number.isInteger as (value: unknown) => value is number,
        'an integer',
      )
      if (found !== undefined && (found < min || found > max))
        wrong(name, 'constraint', `value must be between ${min} and ${max}`)
      return found
    },
    texts: (name) => value(name, isListOf(isText), 'a list of strings'),
    object: (name) => value(name, isObject, 'an object'),
    wrong: (detail) => void details.push(detail),
    end() {
      if (details.length > 0) throw refuse(details)
    },
  }
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isListOf =
  <T>(fits: (value: unknown) => value is T) =>
  (value: unknown): value is T[] =>
    Array.isArray(value) && value.every(fits)
