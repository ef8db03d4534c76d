import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { run, type Target } from "../driver.ts";

/** A profile with one IMAP account, the CA trusted, and nothing that asks, updates or phones. */
export async function writeProfile(folder: string, target: Target, marionettePort: number): Promise<void> {
  const account = `imap://${target.user}@localhost`;
  const preferences: Readonly<Record<string, string | number | boolean>> = {
    "marionette.port": marionettePort,
    "mail.accountmanager.accounts": "account1,account2",
    "mail.accountmanager.defaultaccount": "account1",
    "mail.accountmanager.localfoldersserver": "server2",
    "mail.account.account1.identities": "id1",
    "mail.account.account1.server": "server1",
    "mail.account.account2.server": "server2",
    "mail.account.lastKey": 2,
    "mail.identity.id1.fullName": "Interop",
    "mail.identity.id1.useremail": `${target.user}@localhost`,
    "mail.identity.id1.valid": true,
    "mail.identity.id1.fcc_folder": `${account}/Sent`,
    "mail.identity.id1.draft_folder": `${account}/Drafts`,
    "mail.server.server1.type": "imap",
    "mail.server.server1.hostname": "localhost",
    "mail.server.server1.port": target.port,
    "mail.server.server1.socketType": 3,
    "mail.server.server1.userName": target.user,
    "mail.server.server1.authMethod": 3,
    "mail.server.server1.name": "interop",
    // Not before the password is stored: a prompt would block everything.
    "mail.server.server1.login_at_startup": false,
    "mail.server.server1.check_new_mail": true,
    "mail.server.server1.use_idle": true,
    "mail.server.server1.autosync_offline_stores": false,
    "mail.server.server1.offline_download": false,
    "mail.server.server2.type": "none",
    "mail.server.server2.hostname": "Local Folders",
    "mail.server.server2.userName": "nobody",
    "mail.server.server2.name": "Local Folders",
    "mail.provider.suppress_dialog_on_startup": true,
    "mail.shell.checkDefaultClient": false,
    "mail.rights.version": 1,
    "mail.spam.version": 1,
    "mail.biff.show_alert": false,
    "mail.biff.play_sound": false,
    "mail.purge.ask": false,
    "mailnews.start_page.enabled": false,
    "mailnews.database.global.indexer.enabled": false,
    "mailnews.mark_message_read.auto": true,
    "datareporting.policy.dataSubmissionEnabled": false,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": true,
    "toolkit.telemetry.enabled": false,
    "app.update.enabled": false,
    "app.update.auto": false,
    "app.donation.eoy.version.viewed": 9999,
    "app.normandy.enabled": false,
    "extensions.update.enabled": false,
    "extensions.getAddons.cache.enabled": false,
    "network.manage-offline-status": false,
    "network.connectivity-service.enabled": false,
    "network.captive-portal-service.enabled": false,
    "network.dns.disablePrefetch": true,
    "offline.autoDetect": false,
    "offline.startup_state": 0,
    "browser.safebrowsing.malware.enabled": false,
    "browser.safebrowsing.phishing.enabled": false,
    "security.OCSP.enabled": 0,
    "services.settings.server": "data:,",
    "dom.push.connection.enabled": false,
  };
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
  await writeFile(join(folder, "user.js"), lines.join(""));
  await run("certutil", ["-N", "-d", `sql:${folder}`, "--empty-password"]);
  await run("certutil", ["-A", "-n", "sluice", "-t", "CT,,", "-i", target.ca, "-d", `sql:${folder}`]);
}
