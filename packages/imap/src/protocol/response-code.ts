/**
 * Response codes (RFC 9051 section 7.1, RFC 5530 and the extensions), as they stand between the
 * brackets of a status response: a name, and for some an argument.
 */
export type ResponseCode = SimpleCode | `${ArgumentCode} ${string}`;

type SimpleCode =
  | "ALERT"
  | "ALREADYEXISTS"
  | "AUTHENTICATIONFAILED"
  | "AUTHORIZATIONFAILED"
  | "CANNOT"
  | "CLIENTBUG"
  | "CLOSED"
  | "CONTACTADMIN"
  | "EXPIRED"
  | "EXPUNGEISSUED"
  | "HASCHILDREN"
  | "INUSE"
  | "LIMIT"
  | "NOMODSEQ"
  | "NONEXISTENT"
  | "NOPERM"
  | "OVERQUOTA"
  | "PARSE"
  | "PRIVACYREQUIRED"
  | "READ-ONLY"
  | "READ-WRITE"
  | "SERVERBUG"
  | "TOOBIG"
  | "TRYCREATE"
  | "UIDNOTSTICKY"
  | "UNAVAILABLE"
  | "USEATTR";

type ArgumentCode =
  | "APPENDUID"
  | "BADCHARSET"
  | "CAPABILITY"
  | "COPYUID"
  | "HIGHESTMODSEQ"
  | "MAILBOXID"
  | "MODIFIED"
  | "PERMANENTFLAGS"
  | "UIDNEXT"
  | "UIDVALIDITY"
  | "UNSEEN";
