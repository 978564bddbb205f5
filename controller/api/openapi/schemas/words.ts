/** What many schemas are made of. */
import { type TSchema, Type } from 'typebox'

export const Id = Type.Integer({ minimum: 0 })
export const Seconds = Type.Integer({ minimum: 0, description: 'seconds since 1970' })
export const Words = Type.Array(Type.String())
export const Anything = Type.Record(Type.String(), Type.Unknown())
export const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
