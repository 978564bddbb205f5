const secrets = new Set<string>()
const shortest = 6

/**
 * Remembers a secret value so that `scrub` removes it from every text from now on.
 * Values under six characters are not remembered: masking them would mangle ordinary words.
 */
export function keepSecret(value: string): string {
  if (value.length >= shortest) secrets.add(value)
  return value
}

/** Text with every remembered secret replaced by asterisks. Called by Fault and the loggers, never by callers. */
export function scrub(text: string): string {
  let clean = text
  for (const secret of secrets)
    if (clean.includes(secret)) clean = clean.replaceAll(secret, '******')
  return clean
}
