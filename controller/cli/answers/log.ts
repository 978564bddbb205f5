export interface LogLine {
  readonly level: string
  readonly text: string
}
