import type { SyncAnswer } from '../../answers.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { Failure, failed } from '../../failure.ts'

export default class DriverSync extends EdgeCommand {
  static override summary = 'Have the server read its drivers again'
  static override examples = [
    '<%= config.bin %> driver sync',
    '<%= config.bin %> driver sync --json',
  ]

  async run(): Promise<SyncAnswer> {
    const { flags } = await this.parse(DriverSync)
    const answer = await this.client(flags).call<SyncAnswer>('POST', '/drivers/sync', {})
    if (answer.failed.length === 0) return answer
    const wrong = answer.failed.map((one) =>
      typeof one === 'string' ? one : `${one.name} (${one.error})`,
    )
    throw new Failure(`These drivers could not be read: ${wrong.join(', ')}`, failed)
  }
}
