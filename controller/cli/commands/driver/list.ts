import { Flags } from '@oclif/core'
import type { DriverAnswer } from '../../answers.ts'
import { driverList } from '../../driver-layout.ts'
import { EdgeCommand } from '../../edge-command.ts'

export default class DriverList extends EdgeCommand {
  static override summary = 'List drivers'
  static override examples = [
    '<%= config.bin %> driver list',
    '<%= config.bin %> driver list --enabled --json',
  ]
  static override flags = {
    enabled: Flags.boolean({ char: 'e', summary: 'only those that are enabled' }),
  }

  async run(): Promise<readonly DriverAnswer[]> {
    const { flags } = await this.parse(DriverList)
    const path = `/drivers?enabled=${flags.enabled}`
    const drivers = await this.client(flags).call<DriverAnswer[]>('GET', path)
    this.log(driverList(drivers))
    return drivers
  }
}
