/** An answer of the controller as it came: HTTP status and body. */
export interface ControllerAnswer {
  readonly status: number
  readonly text: string
}

/**
 * Asks the controller one question, with `body` as JSON. Throws EDGE_IPAM_CONTROLLER when no whole
 * answer comes within `withinMs`.
 */
export type AskController = (
  path: string,
  body: unknown,
  withinMs: number,
) => Promise<ControllerAnswer>

/** What oned starts a driver with, and whom the driver may ask. */
export interface DriverCall {
  readonly argv: readonly string[]
  /** Standard input as it came, a character per byte. */
  readonly input: string
  readonly ask: AskController
}

export interface DriverAnswer {
  /** What oned reads: a template, or nothing. */
  readonly text: string
  /** For oned.log, beside an answer that is good all the same. */
  readonly warning?: string
}

/** Makes an answer of a call; what it throws becomes the failure. */
export type Driver = (call: DriverCall) => DriverAnswer | Promise<DriverAnswer>

/** How a run ends, whole: oned sees nothing else of it. */
export interface Outcome {
  readonly exitCode: 0 | 1
  readonly stdout: string
  readonly stderr: string
}
