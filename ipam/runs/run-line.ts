import { type Static, Type } from 'typebox'

/** A line of the log of driver runs. */
export const RunLine = Type.Object({
  /** When it ended. */
  at: Type.String(),
  driver: Type.String(),
  argv: Type.Array(Type.String()),
  exitCode: Type.Union([Type.Literal(0), Type.Literal(1)]),
  /** Since the process was started. */
  ms: Type.Number(),
  /** The failure's code, and its sentence; without a code a warning. */
  code: Type.Optional(Type.String()),
  said: Type.Optional(Type.String()),
  /** What was printed for oned. */
  answer: Type.String(),
  /** What oned sent, decoded; `input` where it cannot be decoded. */
  document: Type.Optional(Type.String()),
  input: Type.Optional(Type.String()),
  /** What the controller was asked, and its answer; `calls` in it are its requests to Scaleway. */
  controller: Type.Optional(
    Type.Object({
      path: Type.String(),
      ms: Type.Number(),
      status: Type.Optional(Type.Integer()),
      answer: Type.Optional(Type.Unknown()),
      text: Type.Optional(Type.String()),
      failure: Type.Optional(Type.String()),
    }),
  ),
  /** Something was left out, so that the run cannot be repeated. */
  cut: Type.Optional(Type.Boolean()),
})
export type RunLine = Static<typeof RunLine>
