/** The version the build put in; `development` when run from source. */
export const version = process.env['EDGECTL_VERSION'] ?? 'development'
