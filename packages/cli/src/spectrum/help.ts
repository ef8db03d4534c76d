const CREDENTIALS = `  --config FILE       the Worker's settings        (packages/imap/wrangler.toml)
  --worker-id TAG     script tag of the Worker; else it is looked up by its name
  --account-id ID     account of the Worker        (CLOUDFLARE_ACCOUNT_ID)`;

const TOKEN = `The API token is read from CLOUDFLARE_API_TOKEN. It needs the permissions
"Zone Settings: Edit" of the zone, and "Workers Scripts: Read" of the account
unless --worker-id is given.`;

/** The help texts of `sluice spectrum`. */
export const SPECTRUM_HELP = {
  spectrum: `Usage: sluice spectrum COMMAND [OPTIONS]

  plan              show the Spectrum application that "apply" would create
  apply             create it, or update it where it differs

  --help            show this; after a command, its own help

Hostname, port and TLS are those of [vars.SPECTRUM] in packages/imap/wrangler.toml.
`,
  "spectrum plan": `Usage: sluice spectrum plan [OPTIONS]

Shows the Spectrum application of this Worker, as JSON. Changes nothing.

${CREDENTIALS}
  --help              show this

${TOKEN} Without a token and a tag the plan has a blank.
`,
  "spectrum apply": `Usage: sluice spectrum apply [OPTIONS]

Creates the Spectrum application of this Worker, or updates it where it differs.

${CREDENTIALS}
  --zone-id ID        zone of the hostname         (CLOUDFLARE_ZONE_ID)
  --help              show this

${TOKEN}
`,
} as const;
