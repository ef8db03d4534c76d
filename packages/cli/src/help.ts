import { LimitSettings } from "@sluice/imap/limit-settings";

/** The help texts, one for each command. */
export const HELP = {
  sluice: `Usage: sluice COMMAND

  start                     run the server on this machine
  account add NAME          make an account
  account list              show the accounts
  account remove NAME       remove an account and all its mail
  account password NAME     set an account's password
  account restart NAME      end an account's object; its connections go on
  metrics                   show what the running server has counted
  spectrum plan             show the Spectrum application of this Worker
  spectrum apply            create or update it at Cloudflare

  --help                    show this; after a command, its own help
  --version                 show the version
`,
  start: `Usage: sluice start [OPTIONS]

Runs the server on this machine until it is interrupted. The first run makes a
certificate authority, a server certificate, and a demo account with mail.

  --imaps HOST:PORT   IMAP over TLS, for mail programs   (127.0.0.1:1993)
  --imap HOST:PORT    IMAP without TLS, for this machine (127.0.0.1:1143)
  --http HOST:PORT    WebSocket, health, metrics, admin  (127.0.0.1:8080)
  --data DIR          where everything is kept           (.sluice)
  --no-demo           make no demo account
  --limit NAME=VALUE  set a limit of the server, such as connectionsPerAccount=10
                      (octets, milliseconds or counts; may be repeated):
${limitNames()}
  --websocket-origin ORIGIN
                      let pages of this origin open the WebSocket, such as
                      https://mail.example.com (may be repeated)
  --no-websocket-plain
                      serve no WebSocket client without back-pressure
  --help              show this

Port 0 takes any free port. The last line of the output is for programs:
ready imaps=HOST:PORT imap=HOST:PORT http=HOST:PORT user=... password=... data=DIR
`,
  metrics: `Usage: sluice metrics [OPTIONS]

Shows what the running server has counted since it started, in the text format
of Prometheus. A scraper gets the same at /metrics of the HTTP address.

  --data DIR        data directory of the running server (.sluice)
  --help            show this
`,
  account: `Usage: sluice account COMMAND [OPTIONS]

  add NAME          make an account
  list              show the accounts
  remove NAME       remove an account and all its mail
  password NAME     set an account's password
  restart NAME      end an account's object; its connections go on

  --data DIR        data directory of the running server (.sluice)
  --help            show this; after a command, its own help

The server has to be running. A NAME without a domain belongs to the default domain.
`,
  "account add": `Usage: sluice account add NAME [OPTIONS]

Makes an account with INBOX, Drafts, Sent, Junk, Trash and Archive.

  --password PW     the password; else it is asked for, or read from standard input
  --data DIR        data directory of the running server (.sluice)
  --help            show this
`,
  "account list": `Usage: sluice account list [OPTIONS]

Shows the accounts, one on a line: name, creation time.

  --data DIR        data directory of the running server (.sluice)
  --help            show this
`,
  "account remove": `Usage: sluice account remove NAME [OPTIONS]

Removes an account and all its mail. This cannot be undone.

  --yes             do not ask
  --data DIR        data directory of the running server (.sluice)
  --help            show this
`,
  "account restart": `Usage: sluice account restart NAME [OPTIONS]

Ends the object that holds the account; the next command brings it back. Clients
that wait stay connected. One in the middle of a change is told to connect again.

  --data DIR        data directory of the running server (.sluice)
  --help            show this
`,
  "account password": `Usage: sluice account password NAME [OPTIONS]

Sets an account's password.

  --password PW     the password; else it is asked for, or read from standard input
  --data DIR        data directory of the running server (.sluice)
  --help            show this
`,
} as const;

/** What `--limit` can set, in lines of the width of the rest. */
function limitNames(): string {
  const lines = [""];
  for (const name of Object.keys(LimitSettings.shape)) {
    const line = lines.at(-1) ?? "";
    if (line.length + name.length > 54) lines.push(name);
    else lines[lines.length - 1] = line === "" ? name : `${line} ${name}`;
  }
  return lines.map((line) => `${" ".repeat(22)}${line}`).join("\n");
}
