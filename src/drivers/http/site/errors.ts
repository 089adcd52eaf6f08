/** Which of the taxonomy's ways to end without an answer an error of a request is. */
import type { ErrorClass } from "../../../define/taxonomy.ts";
import { AddressRefused } from "../network/guard.ts";

/** Codes of errors before the first byte was written. Nothing of the request reached the taker. */
const beforeWrite: Readonly<Record<string, ErrorClass>> = {
  ECONNREFUSED: "connection-refused",
  ENOTFOUND: "name-unknown",
  EAI_AGAIN: "name-service-down",
  EAI_FAIL: "name-service-down",
  ESERVFAIL: "name-service-down",
  ETIMEOUT: "name-service-down",
  ECONNRESET: "reset-before-write",
  EHOSTUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETUNREACH: "unreachable",
  ENETDOWN: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  ETIMEDOUT: "timeout-before-write",
  UND_ERR_CONNECT_TIMEOUT: "timeout-before-write",
  UND_ERR_DESTROYED: "aborted-before-write",
  UND_ERR_CLOSED: "aborted-before-write",
};
const tlsCode =
  /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH|INVALID_CA)/;
/** Alerts by which their side ends a handshake because of what we prove ourselves with. */
const certificateCode = /ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_|UNKNOWN_CA|ACCESS_DENIED)/;
/** Codes of an answer that breaks the rules of HTTP, or is longer than we read. */
const unreadableCode = /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|UND_ERR_RESPONSE)/;

export interface Failure {
  readonly error: ErrorClass;
  readonly detail: string;
}

export const failureOf = (error: Error, written: boolean): Failure => {
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  if (certificateCode.test(code)) return { error: "certificate-refused", detail: code };
  if (written) return { error: unreadableCode.test(code) ? "answer-unreadable" : "reset-after-write", detail: code };
  if (error instanceof AddressRefused) return { error: "address-refused", detail: error.message };
  return { error: beforeWrite[code] ?? (tlsCode.test(code) ? "tls-failure" : "reset-before-write"), detail: code };
};
