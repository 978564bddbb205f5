import { badRequest, Failure } from './failure.ts'
import { given, inputsOf, requestOf, type Values } from './inputs.ts'

interface Told {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly input?: string[] | undefined
}

/** What an update sends: the file as it is, and over it what flags say. Throws a Failure for nothing. */
export async function updateOf(
  file: string | undefined,
  { name, description, input }: Told,
  member: 'connection_values' | 'user_inputs_values',
): Promise<Values> {
  const request = await requestOf(file)
  const values = { ...(request[member] as Values | undefined), ...inputsOf(input) }
  const body = {
    ...request,
    ...given({ name, description }),
    ...(input === undefined ? {} : { [member]: values }),
  }
  if (Object.keys(body).length > 0) return body
  throw new Failure(
    'Say what changes: in a file, or with --name, --description, --input',
    badRequest,
  )
}
