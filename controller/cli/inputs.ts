import { fstatSync, readFileSync } from 'node:fs'
import { Args, Flags } from '@oclif/core'
import { badRequest, Failure } from './failure.ts'

export type Values = Record<string, unknown>

export const fileArgument = Args.string({
  description: 'request as the API takes it, in JSON or YAML; - for standard input',
})

export const inputFlag = (summary: string) =>
  Flags.string({ summary, multiple: true, multipleNonGreedy: true })

/**
 * `--input name=value` options. A value `@file` is the file's content without its last newline, so
 * that a secret need not be in the arguments; one that starts with { or [ is JSON.
 */
export function inputsOf(options: readonly string[] = []): Values {
  return Object.fromEntries(
    options.map((option) => {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(option) ?? []
      if (name === undefined || value === undefined) {
        // only the name is repeated: what follows might be a secret
        throw new Failure('--input takes name=value or name=@file', badRequest)
      }
      return [name, parsed(name, value)]
    }),
  )
}

/** The object that a file holds in JSON or YAML, or stdin for `-`; an empty one without a file. */
export async function requestOf(file: string | undefined): Promise<Values> {
  if (file === undefined) return {}
  const text = contentOf(file === '-' ? 0 : file)
  if (file === '-' && text.trim() === '') return {}
  const value = await read(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Values
  // without the text: it may hold secrets
  const source = file === '-' ? 'Standard input' : file
  throw new Failure(`${source} does not hold an object in JSON or YAML`, badRequest)
}

/** Where the stock commands read a request from: a file, or what is piped to them. */
export function pipedRequest(): '-' | undefined {
  const input = fstatSync(0)
  return input.isFIFO() || input.isFile() ? '-' : undefined
}

async function read(text: string): Promise<unknown> {
  try {
    return JSON.parse(text)
  } catch {
    const { parse, YAMLError } = await import('./yaml.ts')
    try {
      return parse(text, { logLevel: 'error' })
    } catch (error) {
      // the second is thrown for references that would grow without end
      if (error instanceof YAMLError || error instanceof ReferenceError) return undefined
      throw error
    }
  }
}

/** The value without the names that nobody gave. */
export function given(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function parsed(name: string, value: string): unknown {
  if (value.startsWith('@')) return contentOf(value.slice(1)).replace(/\r?\n$/, '')
  if (!/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    throw new Failure(`The value of ${name} is not valid JSON`, badRequest)
  }
}

function contentOf(file: string | 0): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Failure(`Cannot read ${file || 'standard input'} (${code})`, badRequest)
  }
}
