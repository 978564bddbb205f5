import { runDriver } from '../runs/run-driver.ts'
import { askController } from '../wire/ask-controller.ts'
import { unregisterRange } from '../wire/register.ts'
import { socketPath } from '../wire/settings.ts'

void runDriver('unregister_address_range', unregisterRange, async (path, body, withinMs) =>
  askController(socketPath(process.env), path, body, withinMs),
)
