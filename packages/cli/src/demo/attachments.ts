import { crc32, deflateSync } from "node:zlib";

import { concat, dateText } from "./mime.ts";
import type { Random } from "./random.ts";

const ascii = new TextEncoder();

/** An 8-bit RGB PNG. `noise` gives random pixels, which do not compress: a size of about 3 octets each; otherwise a gradient. */
export function png(width: number, height: number, random: Random, noise = false): Uint8Array {
  const row = 1 + width * 3;
  const pixels = noise ? random.bytes(row * height) : new Uint8Array(row * height);
  const [red, green, blue] = random.bytes(3);
  for (let y = 0; y < height; y++) {
    // Filter type 0: the pixels as they are.
    pixels[y * row] = 0;
    if (noise) continue;
    for (let x = 0; x < width; x++) {
      pixels.set([((red ?? 0) + x * 2) & 0xff, ((green ?? 0) + y * 2) & 0xff, ((blue ?? 0) + x + y) & 0xff], y * row + 1 + x * 3);
    }
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  // 8 bits a sample, colour type 2 (RGB), no interlacing.
  header.setUint8(8, 8);
  header.setUint8(9, 2);
  return concat(
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    pngChunk("IHDR", new Uint8Array(header.buffer)),
    pngChunk("IDAT", deflateSync(pixels, { level: noise ? 0 : 6 })),
    pngChunk("IEND", new Uint8Array()),
  );
}

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const content = concat(ascii.encode(type), data);
  const length = new DataView(new ArrayBuffer(8));
  length.setUint32(0, data.length);
  length.setUint32(4, crc32(content));
  const octets = new Uint8Array(length.buffer);
  return concat(octets.subarray(0, 4), content, octets.subarray(4));
}

/** A one-page PDF with a few lines of ASCII text. */
export function pdf(lines: readonly string[]): Uint8Array {
  const escaped = lines.map((line) => `(${line.replaceAll(/[()\\]/g, String.raw`\$&`)}) Tj 0 -18 Td`);
  const content = `BT /F1 12 Tf 72 760 Td ${escaped.join(" ")} ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let file = "%PDF-1.4\n";
  const offsets: number[] = [];
  for (const [at, object] of objects.entries()) {
    offsets.push(file.length);
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
  }
  const entries = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return ascii.encode(file);
}

/** A table of made-up measurements, CRLF lines as RFC 4180 wants. */
export function csv(rows: number, random: Random): Uint8Array {
  const lines = ["station,reading,unit,checked"];
  for (let row = 0; row < rows; row++) {
    lines.push(
      `S${String(random.between(1, 40)).padStart(3, "0")},${(random.between(0, 99_999) / 100).toFixed(2)},mm,${random.chance(0.8) ? "yes" : "no"}`,
    );
  }
  return ascii.encode(`${lines.join("\r\n")}\r\n`);
}

/** RFC 5545 section 3.3.5, form 2. */
function utc(date: Date): string {
  return `${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

/** An invitation to one hour from `start`, RFC 5545 and 5546. LF lines, ASCII. */
export function invitation(details: {
  readonly uid: string;
  readonly summary: string;
  readonly organizer: string;
  readonly attendee: string;
  readonly start: Date;
  readonly stamp: Date;
}): string {
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Sluice//Demo mail//EN",
    "METHOD:REQUEST",
    "BEGIN:VEVENT",
    `UID:${details.uid}`,
    `DTSTAMP:${utc(details.stamp)}`,
    `DTSTART:${utc(details.start)}`,
    `DTEND:${utc(new Date(details.start.getTime() + 3_600_000))}`,
    `SUMMARY:${details.summary}`,
    `ORGANIZER:mailto:${details.organizer}`,
    `ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:${details.attendee}`,
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\n");
}

/** A delivery status that says an address is unknown, RFC 3464. LF lines. */
export function deliveryStatus(recipient: string, date: Date): string {
  return [
    "Reporting-MTA: dns; mx1.relay.example",
    `Arrival-Date: ${dateText(date, 0)}`,
    "",
    `Final-Recipient: rfc822; ${recipient}`,
    "Action: failed",
    "Status: 5.1.1",
    "Diagnostic-Code: smtp; 550 5.1.1 no such user here",
    "",
  ].join("\n");
}
