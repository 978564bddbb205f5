import type { DriverAnswer } from '../../answers.ts'
import { driverArgument, driverOf } from '../../driver.ts'
import { driverLayout } from '../../driver-layout.ts'
import { EdgeCommand } from '../../edge-command.ts'

export default class DriverShow extends EdgeCommand {
  static override summary = 'Show one driver and what it asks for'
  static override examples = [
    '<%= config.bin %> driver show scaleway',
    '<%= config.bin %> driver show scaleway --yaml',
  ]
  static override args = { driver: driverArgument }

  async run(): Promise<DriverAnswer> {
    const { args, flags } = await this.parse(DriverShow)
    const driver = await driverOf(this.client(flags), args.driver)
    this.log(driverLayout(driver))
    return driver
  }
}
