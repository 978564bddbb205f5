import type { User } from './users.ts'

type Kind = 'int' | 'bool' | 'string'
type Of<K> = K extends 'int' ? number : K extends 'bool' ? boolean : string
export type Parameter = number | boolean | string
type Answer = string | number | boolean

/** One XML-RPC method: what it takes after the session, and what it does. */
export interface Method {
  readonly takes: readonly Kind[]
  readonly run: (user: User, parameters: readonly Parameter[]) => Answer | Promise<Answer>
}

export type Methods = Readonly<Record<string, Method>>

export function method<const K extends readonly Kind[]>(
  takes: K,
  run: (user: User, ...parameters: { [I in keyof K]: Of<K[I]> }) => Answer | Promise<Answer>,
): Method {
  return {
    takes,
    run: (user, parameters) => run(user, ...(parameters as { [I in keyof K]: Of<K[I]> })),
  }
}
