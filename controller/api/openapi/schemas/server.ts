import { Type } from 'typebox'
import { Anything, orNull } from './words.ts'

/** Every failure but that of the login, which is text. */
export const Failure = Type.Object({
  err_code: Type.Integer({ description: 'the HTTP status' }),
  message: Type.String({ description: 'what, which object, what the other side said, what to do' }),
  context: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'messages by field or object' }),
  ),
})

export const Doctor = Type.Object({
  version: Type.String({ description: 'of the controller' }),
  checks: Type.Array(
    Type.Object({
      check: Type.String(),
      subject: orNull(Type.String({ description: 'which of several' })),
      status: Type.Enum(['ok', 'warning', 'broken', 'skipped']),
      sentence: Type.String(),
      fix: orNull(Type.String({ description: 'what to do' })),
    }),
  ),
})

export const OpenApi = Type.Object({
  openapi: Type.Literal('3.1.0'),
  info: Anything,
  security: Type.Array(Type.Unknown()),
  tags: Type.Array(Type.Unknown()),
  paths: Anything,
  components: Anything,
})
